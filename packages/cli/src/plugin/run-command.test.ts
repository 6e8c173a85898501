import assert from 'node:assert/strict';
import { test } from 'node:test';
import { author, draft, workFolder } from './fixtures/author.ts';
import { pluginRun } from './run-command.ts';

test('calls from a pipe show policy, outcome and time, and end with the pipe', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  const context = author(folder, 'calendar_greet {"name": "Ada"}\ncalendar_greet {"name": "!"}\n');
  assert.equal(await pluginRun(context, ['calendar'], {}), 0);
  const text = context.output.text();
  assert.match(text, /policy: ask \(ask\): A read call of a third party \(calendar\)/);
  assert.match(text, /done in [\d.]+ ms: Hello, Ada!\ndata: \{"name":"Ada"\}/);
  assert.match(text, /refused in [\d.]+ ms: That is no name/);
});

test('a wrong call in a pipe is told, and the others are made', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  const lines = 'calendar_greet {}\ngreet\nlog\ncalendar_greet {"name": "Ben"}';
  const context = author(folder, lines);
  assert.equal(await pluginRun(context, [], {}), 1);
  assert.match(context.output.text(), /required property 'name'/);
  assert.match(context.output.text(), /Did you mean calendar_greet\?/);
  assert.match(context.output.text(), /Hello, Ben!/);
});

test('an interrupt between calls ends it', async (t) => {
  const context = author(draft(workFolder(t), 'shell'));
  const running = pluginRun(context, [], {});
  context.interrupt();
  assert.equal(await running, 130);
});
