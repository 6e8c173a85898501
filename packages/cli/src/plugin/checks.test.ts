import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkPlugin } from './checks.ts';
import { author, draft, workFolder } from './fixtures/author.ts';
import { readPluginFolder } from './plugin-folder.ts';

const { signal } = new AbortController();

test('a plugin on the kit passes every check', async (t) => {
  const context = author(draft(workFolder(t), 'node'));
  const told: string[] = [];
  const plugin = await readPluginFolder(context, undefined);
  const results = await checkPlugin(context, plugin, {
    signal,
    onResult: ({ name }) => told.push(name),
  });
  assert.deepEqual(
    results.filter(({ status }) => status !== 'passed'),
    [],
  );
  assert.deepEqual(
    told,
    results.map(({ name }) => name),
  );
  assert.ok(told.length > 8);
});

test('a tool that answers what its sample does not expect fails that check alone', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  const sample = 'samples:\n  - tool: calendar_greet\n    arguments: { name: "!" }\n';
  writeFileSync(join(folder, 'conformance.yaml'), sample);
  const context = author(folder);
  const plugin = await readPluginFolder(context, undefined);
  const results = await checkPlugin(context, plugin, { signal, onResult: () => undefined });
  const failed = results.filter(({ status }) => status === 'failed');
  assert.deepEqual(
    failed.map(({ name }) => name),
    ['calendar_greet {"name":"!"} is done, in time and size'],
  );
});

test('without the tools of its language nothing is called passed', async (t) => {
  const folder = draft(workFolder(t), 'shell');
  const context = author(folder, '', folder);
  const plugin = await readPluginFolder(context, undefined);
  const results = await checkPlugin(context, plugin, { signal, onResult: () => undefined });
  assert.deepEqual(
    results.map(({ status }) => status),
    ['unchecked'],
  );
});
