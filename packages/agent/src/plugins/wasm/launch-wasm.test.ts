import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { CommandConnection } from '../command-connection.ts';
import type { PluginAnswer, PluginCall } from '../connection.ts';
import { wasmModule } from './fixtures/module.ts';
import { launchWasm } from './index.ts';

const { resources } = manifest.parse({
  name: 'module',
  version: '1.0.0',
  framework_version: '*',
  description: 'A module.',
  runtime: 'wasm',
  entry: 'plugin.wasm',
});

interface Run {
  readonly data?: string;
  readonly memoryMb?: number;
  readonly signal?: AbortSignal;
}

function folder(context: TestContext): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'wasm-')));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function run(
  context: TestContext,
  name: Parameters<typeof wasmModule>[0],
  { data, memoryMb = 64, signal = new AbortController().signal }: Run = {},
): Promise<PluginAnswer> {
  const directory = folder(context);
  const module = join(directory, 'plugin.wasm');
  writeFileSync(module, wasmModule(name));
  const places = { node: process.execPath, module, directory };
  const specify = launchWasm(
    { resources: { ...resources, memoryMb } },
    data === undefined ? places : { ...places, data },
  );
  const call: PluginCall = {
    tool: 'greet',
    input: { name: 'Ada' },
    signal,
    onService: () => Promise.reject(new Error('no services')),
  };
  return new CommandConnection(specify).call(call);
}

function told(answer: PluginAnswer): readonly unknown[] {
  assert.ok(answer.type === 'result', JSON.stringify(answer));
  const [content] = answer.result['content'] as { readonly text: string }[];
  const meta = answer.result['_meta'] as JsonObject | undefined;
  const own = meta?.['opencomputer/outcome'] as JsonObject | undefined;
  return [own?.['status'] ?? 'done', content?.text];
}

test('a module reads its call and prints its answer; its tool is its argument', async (context) => {
  const answer = await run(context, 'echo');
  assert.ok(answer.type === 'result', JSON.stringify(answer));
  const input = { tool: 'greet', arguments: { name: 'Ada' }, context: {} };
  assert.deepEqual(answer.result['structuredContent'], input);
  assert.deepEqual(told(await run(context, 'tool')), ['done', 'greet']);
});

test('exit code 3 refuses, a trap fails with its reason', async (context) => {
  assert.equal(told(await run(context, 'refuse'))[0], 'refused');
  assert.deepEqual(told(await run(context, 'trap')), ['failed', 'exit code 1: unreachable']);
});

test('memory beyond the limit is not given', async (context) => {
  assert.deepEqual(told(await run(context, 'grow', { memoryMb: 64 })), ['done', '']);
  assert.deepEqual(told(await run(context, 'grow', { memoryMb: 32 })), ['failed', 'exit code 9']);
});

test('a module sees no folder, and its own one when it is given', async (context) => {
  // 8 is EBADF: there is nothing open beyond the three streams
  assert.deepEqual(told(await run(context, 'open')), ['failed', 'exit code 8']);
  const data = folder(context);
  assert.deepEqual(told(await run(context, 'open', { data })), ['done', '']);
  assert.ok(existsSync(join(data, 'x')));
});

test('a module that does not end is ended with its call', async (context) => {
  const controller = new AbortController();
  const spinning = run(context, 'spin', { signal: controller.signal });
  controller.abort();
  const answer = await spinning;
  assert.ok(answer.type === 'cancelled');
  assert.equal(await answer.stopped, true);
});
