import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pluginConformance } from './plugin.ts';
import type { PluginUnderTest } from './plugin.ts';

const kit = join(import.meta.dirname, '../../../plugin/src/fixtures/echo.ts');
const main = join(import.meta.dirname, '../../../plugin/src/index.ts');
const subject: PluginUnderTest = {
  command: process.execPath,
  arguments: [kit],
  tools: ['echo', 'context', 'refuse', 'throw', 'list', 'timer', 'add', 'wait', 'service'],
  sample: { tool: 'add', input: { text: 'hello' }, idempotent: true },
};

for (const { name, run } of pluginConformance(subject)) test(`the kit: ${name}`, run);

async function failures(wrong: Partial<PluginUnderTest>): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of pluginConformance({ ...subject, ...wrong })) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

test('a plugin that lists another tool is found by that case', async () => {
  assert.deepEqual(await failures({ tools: ['echo'] }), [
    'every tool of the manifest is listed, and no other',
  ]);
});

test('a sample that ends otherwise than said is found by that case', async () => {
  const refused = { tool: 'refuse', input: {} };
  const failed = ['the sample call ends as it should in both revisions'];
  assert.deepEqual(await failures({ sample: refused }), failed);
  assert.deepEqual(await failures({ sample: { ...refused, status: 'refused' } }), []);
  assert.deepEqual(await failures({ sample: { ...subject.sample, status: 'refused' } }), failed);
});

test('a sample that says it is idempotent and is not is found by that case', async () => {
  const sample = { tool: 'random', input: {}, idempotent: true };
  const script = `
    const { serve, tool } = await import(${JSON.stringify(main)});
    const text = () => crypto.randomUUID();
    await serve([tool('random', async () => ({ status: 'done', text: text() }))]);
  `;
  const words = ['--input-type=module', '-e', script];
  const failed = ['a retry after a crash is answered the same'];
  assert.deepEqual(await failures({ arguments: words, tools: ['random'], sample }), failed);
});

test('the sample is made in the folders that are given', async () => {
  const folders = ['/granted'];
  const script = `
    const { serve, tool } = await import(${JSON.stringify(main)});
    await serve([tool('see', async (_, { folders: [folder] }) =>
      ({ status: folder === '/granted' ? 'done' : 'refused', text: '' }))]);
  `;
  const words = ['--input-type=module', '-e', script];
  const sample = { tool: 'see', input: {} };
  assert.deepEqual(await failures({ arguments: words, tools: ['see'], sample, folders }), []);
});

test('a plugin that writes anything but messages is found by every case', async () => {
  const script = `console.log('hello'); import(${JSON.stringify(kit)})`;
  const failed = await failures({ arguments: ['-e', script] });
  assert.equal(failed.length, pluginConformance(subject).length);
});

test('a program that ends at once, or is not there, is found by every case without waiting', async () => {
  for (const wrong of [{ arguments: ['-e', ''] }, { command: '/no/such/program' }]) {
    const failed = await failures(wrong);
    assert.equal(failed.length, pluginConformance(subject).length);
  }
});
