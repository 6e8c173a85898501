import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { MESSAGE_BYTES_MAX, serve } from './serve.ts';
import { tool } from './tool.ts';

const echo = tool('echo', ({ text }) =>
  Promise.resolve({ status: 'done', text: typeof text === 'string' ? text : '' }),
);

const callEcho = (id: number, text: string): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { text } } })}\n`;

test('an oversize message is refused and the next one is answered', async () => {
  const streams = { input: new PassThrough(), output: new PassThrough(), log: new PassThrough() };
  const ended = serve([echo], { streams });
  const lines = createInterface({ input: streams.output })[Symbol.asyncIterator]();
  streams.input.write(callEcho(1, 'x'.repeat(MESSAGE_BYTES_MAX)));
  streams.input.write(callEcho(2, 'short'));
  const read = async (): Promise<JsonObject> =>
    JSON.parse((await lines.next()).value as string) as JsonObject;
  assert.equal(((await read())['error'] as JsonObject)['code'], -32600);
  assert.equal((await read())['id'], 2);
  streams.input.end();
  await ended;
});

test('input is not read while nobody takes the answers', async () => {
  const input = new PassThrough();
  const output = new PassThrough({ highWaterMark: 1_000 });
  const ended = serve([echo], { streams: { input, output, log: new PassThrough() } });
  let id = 0;
  const paused = once(input, 'pause');
  while (!input.isPaused() && id < 10_000) {
    id += 1;
    input.write(callEcho(id, 'x'.repeat(100)));
    await new Promise(setImmediate);
  }
  await paused;
  assert.ok(id < 1_000 && output.readableLength < 10_000);
  let answers = 0;
  output.on('data', (chunk: Buffer) => {
    answers += chunk.toString().split('\n').length - 1;
  });
  input.end();
  await ended;
  assert.equal(answers, id);
});

test('the process ends with its input, although a call is running', async () => {
  const program = join(import.meta.dirname, 'fixtures/echo.ts');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wait' } };
  child.stdin.write(`${JSON.stringify(waiting)}\n`);
  await once(child.stderr, 'data');
  child.stdin.end();
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
});
