import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pluginConformance } from './plugin.ts';
import type { PluginUnderTest } from './plugin.ts';

const kit = join(import.meta.dirname, '../../../plugin/src/fixtures/echo.ts');
const subject: PluginUnderTest = {
  command: process.execPath,
  arguments: [kit],
  tools: ['echo', 'context', 'refuse', 'throw', 'list', 'timer', 'add', 'wait', 'service'],
  sample: { tool: 'echo', input: { text: 'hello' } },
};

for (const { name, run } of pluginConformance(subject)) test(`the kit: ${name}`, run);

async function failures(wrong: Partial<PluginUnderTest>): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of pluginConformance({ ...subject, ...wrong })) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

test('a plugin that lists another tool, or refuses the sample, is found by that case', async () => {
  assert.deepEqual(await failures({ tools: ['echo'] }), [
    'every tool of the manifest is listed, and no other',
  ]);
  const sample = { tool: 'refuse', input: {} };
  assert.deepEqual(await failures({ sample }), ['the sample call is done in both revisions']);
});

test('a plugin that writes anything but messages is found by every case', async () => {
  const script = `console.log('hello'); import(${JSON.stringify(kit)})`;
  const failed = await failures({ arguments: ['-e', script] });
  assert.equal(failed.length, pluginConformance(subject).length);
});
