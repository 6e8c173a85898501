import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { author, workFolder } from './fixtures/author.ts';
import { pluginNew } from './new.ts';

const shell = { name: 'calendar', language: 'shell' };

test('a plugin is made whole, linted and tested, also in an empty folder of its name', async (t) => {
  const folder = workFolder(t);
  mkdirSync(join(folder, 'calendar'));
  const context = author(folder);
  assert.equal(await pluginNew(context, [], shell), 0, context.error.text());
  assert.deepEqual(readdirSync(folder), ['calendar']);
  assert.ok(readdirSync(join(folder, 'calendar')).includes('handler.sh'));
  assert.match(context.output.text(), /Made calendar \(shell\)/);
});

test('a name that is not legal is refused with the nearest one, a language with those there are', async (t) => {
  const context = author(workFolder(t));
  const wrong = pluginNew(context, [], { ...shell, name: 'My Calendar' });
  await assert.rejects(wrong, /the nearest is my-calendar/);
  await assert.rejects(pluginNew(context, [], {}), /needs a name/);
  const language = pluginNew(context, [], { ...shell, language: 'cobol' });
  await assert.rejects(language, /none of python, node, go, rust, shell/);
});

test('a folder that holds something is left as it is', async (t) => {
  const folder = workFolder(t);
  mkdirSync(join(folder, 'calendar'));
  writeFileSync(join(folder, 'calendar', 'mine'), '');
  await assert.rejects(pluginNew(author(folder), [], shell), /is not empty/);
  assert.deepEqual(readdirSync(join(folder, 'calendar')), ['mine']);
});

test('an interrupt leaves no half folder', async (t) => {
  const folder = workFolder(t);
  const context = author(folder);
  const making = pluginNew(context, [], shell);
  context.interrupt();
  assert.equal(await making, 130);
  assert.deepEqual(readdirSync(folder), []);
});

test('where a tool of the language is missing, it is made and what was not checked is told', async (t) => {
  const folder = workFolder(t);
  const context = author(folder, '', folder);
  assert.equal(await pluginNew(context, [], { name: 'calendar', language: 'go' }), 0);
  assert.match(
    context.output.text(),
    /Not checked: build and tests \(no go: apt-get install golang\)/,
  );
  assert.doesNotMatch(context.output.text(), /everything passes/);
});
