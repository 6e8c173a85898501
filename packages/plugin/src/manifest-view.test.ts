import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { describeTool, readManifestView } from './manifest-view.ts';

test('name, version and tools are read; an absent or broken manifest is a nameless plugin', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'manifest-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'manifest.json');
  assert.equal(readManifestView(directory).name, 'plugin');
  for (const text of ['{', '[]', '{"provides":{"tools":[1,{"name":2}]}}']) {
    await writeFile(file, text);
    assert.equal(readManifestView(directory).tools.size, 0);
  }
  const tool = { name: 'add', description: 'Adds.' };
  await writeFile(
    file,
    JSON.stringify({ name: 'notes', version: '1.2.3', provides: { tools: [tool] } }),
  );
  const view = readManifestView(directory);
  assert.deepEqual([view.name, view.version, view.tools.get('add')], ['notes', '1.2.3', tool]);
});

test('a tool is shown with the hints of its effect, and an object schema always', () => {
  const full = { description: 'x', input: { required: ['a'] }, effect: 'read', idempotent: true };
  assert.deepEqual(describeTool('a', full, true), {
    name: 'a',
    description: 'x',
    inputSchema: { type: 'object', required: ['a'] },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  });
  const bare = { name: 'a', description: '', inputSchema: { type: 'object' } };
  assert.deepEqual(describeTool('a', {}, true), bare);
});

test('an output schema that is not of an object is shown in the newer revision only', () => {
  const output = { type: 'array' };
  assert.deepEqual(describeTool('a', { output }, true)['outputSchema'], output);
  assert.equal(describeTool('a', { output }, false)['outputSchema'], undefined);
  const object = { type: 'object' };
  assert.deepEqual(describeTool('a', { output: object }, false)['outputSchema'], object);
});
