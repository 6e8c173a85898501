import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { CommandConnection } from './command-connection.ts';
import type { PluginAnswer, PluginCall } from './connection.ts';

/** A connection whose program is a shell script; `$1` is the tool. */
function open(script: string, bytesMax = 10_000): CommandConnection {
  return new CommandConnection((tool) => ({
    command: '/bin/sh',
    arguments: ['-c', script, 'sh', tool],
    environment: { PATH: '/usr/bin:/bin' },
    directory: tmpdir(),
    lineBytesMax: bytesMax,
  }));
}

function call(rest: Partial<PluginCall> = {}): PluginCall {
  const { signal } = new AbortController();
  const onService = (): Promise<never> => Promise.reject(new Error('no services'));
  return { tool: 'greet', input: { name: 'Ada' }, signal, onService, ...rest };
}

/** The result with which a script ends. */
async function resultOf(script: string): Promise<JsonObject> {
  const answer = await open(script).call(call());
  assert.ok(answer.type === 'result', JSON.stringify(answer));
  return answer.result;
}

test('a run gets its tool, the arguments and the context, without the key of the storage', async () => {
  const circumstances = { now: 5, storage: { directory: '/d', key: 'secret' } };
  const answer = await open('printf "%s " "$1"; cat').call(call({ circumstances }));
  assert.ok(answer.type === 'result');
  const input = { tool: 'greet', arguments: { name: 'Ada' }, context: { now: 5 } };
  const text = `greet ${JSON.stringify(input)}`;
  assert.deepEqual(answer.result['content'], [{ type: 'text', text }]);
});

test('text, data and whole outcomes are told apart', async () => {
  const text = (value: string): JsonObject[] => [{ type: 'text', text: value }];
  assert.deepEqual(await resultOf('echo hello'), { content: text('hello'), _meta: {} });
  assert.deepEqual(await resultOf('echo [1]'), {
    content: text('[1]'),
    _meta: { 'opencomputer/data': [1] },
  });
  assert.deepEqual(await resultOf(`echo '{"a":1}'`), {
    content: text('{"a":1}'),
    structuredContent: { a: 1 },
  });
  const unknown = `echo '{"status":"unknown","text":"who knows","code":"X"}'`;
  assert.deepEqual(await resultOf(unknown), {
    content: text('who knows'),
    isError: true,
    _meta: { 'opencomputer/outcome': { status: 'unknown', code: 'X' } },
  });
});

test('exit code 3 is a refusal in its words, any other a failure with its last line', async () => {
  const shown = async (script: string): Promise<unknown> => {
    const { content, _meta } = await resultOf(script);
    return [(_meta as JsonObject)['opencomputer/outcome'], (content as JsonObject[])[0]?.['text']];
  };
  assert.deepEqual(await shown('echo "no name"; exit 3'), [{ status: 'refused' }, 'no name']);
  assert.deepEqual(await shown('echo why >&2; exit 3'), [{ status: 'refused' }, 'why']);
  const failed = [{ status: 'failed' }, 'exit code 7: second'];
  assert.deepEqual(await shown('echo first >&2; echo second >&2; exit 7'), failed);
  assert.deepEqual(await shown('exit 1'), [{ status: 'failed' }, 'exit code 1']);
});

test('a program that does not read its input still answers', async () => {
  const connection = open('exec 0<&-; echo done');
  const answer = await connection.call(call({ input: { text: 'x'.repeat(1_000_000) } }));
  assert.equal(answer.type, 'result');
});

test('output beyond the limit ends the run', async () => {
  assert.deepEqual(await open('yes', 1_000).call(call()), { type: 'oversize' });
  const exact = await open('printf 12345', 5).call(call());
  assert.equal(exact.type, 'result');
});

test('a cancelled run is killed with what it started', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'command-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const ready = join(folder, 'ready');
  const late = join(folder, 'late');
  const connection = open(`(sleep 60; : > '${late}') & : > '${ready}'; sleep 60`);
  const controller = new AbortController();
  const waiting = connection.call(call({ signal: controller.signal }));
  while (!existsSync(ready)) await new Promise(setImmediate);
  controller.abort();
  const answer: PluginAnswer = await waiting;
  assert.ok(answer.type === 'cancelled');
  assert.equal(await answer.stopped, true);
  assert.equal(existsSync(late), false);
  assert.equal(connection.isLost, false);
});

test('a run that kills itself is lost, and the next call runs again', async () => {
  const connection = open('kill -9 $$');
  assert.deepEqual(await connection.call(call()), { type: 'lost', problem: 'signal SIGKILL' });
  assert.equal(connection.isLost, false);
  assert.equal((await connection.call(call())).type, 'lost');
});

test('a program that is not there is a lost connection that says so', async () => {
  const connection = new CommandConnection(() => ({
    command: './no-such-program',
    arguments: [],
    environment: {},
    directory: tmpdir(),
    lineBytesMax: 100,
  }));
  const problem = 'there is no program "./no-such-program"';
  assert.deepEqual(await connection.call(call()), { type: 'lost', problem });
  assert.equal(await connection.lost, problem);
  assert.deepEqual(await connection.call(call()), { type: 'lost', problem: 'it is not running' });
});

test('one run more than the limit is busy, and stopping ends all', async () => {
  const connection = open('sleep 60');
  const calls = Array.from({ length: 16 }, () => connection.call(call()));
  const busy = await connection.call(call());
  assert.equal(busy.type === 'error' && busy.code, -32000);
  await connection.stop();
  for (const answer of await Promise.all(calls)) assert.equal(answer.type, 'lost');
  assert.equal(connection.isLost, true);
});

test('what runs print to standard error is the log', async () => {
  const connection = open('echo "a note" >&2; echo fine');
  await connection.call(call());
  assert.equal(connection.log, 'a note\n');
});

test('a run that logs without end is ended', async () => {
  const answer = await open('while :; do echo "many words of no use to anybody" >&2; done').call(
    call(),
  );
  assert.deepEqual(answer, { type: 'lost', problem: 'signal SIGKILL' });
});
