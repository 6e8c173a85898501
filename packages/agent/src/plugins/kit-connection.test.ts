import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import type { PluginCall } from './connection.ts';
import { echo, systemClock } from './fixtures/harness.ts';
import { KitConnection } from './kit-connection.ts';

const open = (program: readonly string[] = [echo]): KitConnection =>
  new KitConnection(
    {
      command: process.execPath,
      arguments: program,
      environment: {},
      directory: tmpdir(),
      lineBytesMax: 100_000,
    },
    systemClock,
  );

function call(tool: string, input: JsonObject, rest: Partial<PluginCall> = {}): PluginCall {
  const signal = new AbortController().signal;
  const onService = (): Promise<ToolOutcome> =>
    Promise.resolve({ status: 'done', text: 'from the host' });
  return { tool, input, signal, onService, ...rest };
}

test('a call is answered without any handshake', async (t) => {
  const connection = open();
  t.after(() => connection.stop());
  const answer = await connection.call(call('echo', { text: 'hello' }));
  assert.ok(answer.type === 'result');
  assert.deepEqual(answer.result['structuredContent'], { text: 'hello' });
  const unknown = await connection.call(call('nothing', {}));
  assert.deepEqual(unknown, { type: 'error', code: -32602, message: 'Unknown tool: "nothing"' });
});

test('a service call reaches the host while its call is open', async (t) => {
  const connection = open();
  t.after(() => connection.stop());
  const seen: unknown[] = [];
  const answer = await connection.call(
    call(
      'service',
      { day: 'monday' },
      {
        onService: (request) => {
          seen.push(request);
          return Promise.resolve({ status: 'done', text: 'two events' });
        },
      },
    ),
  );
  assert.deepEqual(seen, [{ service: 'calendar', operation: 'list', input: { day: 'monday' } }]);
  assert.ok(answer.type === 'result');
  assert.deepEqual(answer.result['content'], [{ type: 'text', text: 'two events' }]);
});

test('a service call for a call that is over, or never was, is refused', async (t) => {
  const forging = `
    const ask = (call) => console.log(JSON.stringify({ jsonrpc: '2.0', id: 'x' + call,
      method: 'opencomputer/call', params: { service: 'a', operation: 'b', input: {}, call } }));
    let id;
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.method === 'tools/call') { id = message.id; ask(99); return; }
      console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { error: message.error } }));
    });`;
  const connection = open(['-e', forging]);
  t.after(() => connection.kill());
  const answer = await connection.call(
    call('any', {}, { onService: () => Promise.reject(new Error('must not be reached')) }),
  );
  assert.ok(answer.type === 'result');
  assert.deepEqual(answer.result['error'], { code: -32600, message: 'the call is over' });
});

test('a cancelled call is told to the plugin, which says when its handler has ended', async (t) => {
  const connection = open();
  t.after(() => connection.stop());
  const controller = new AbortController();
  const waiting = connection.call(call('wait', {}, { signal: controller.signal }));
  controller.abort();
  const answer = await waiting;
  assert.ok(answer.type === 'cancelled');
  assert.equal(await answer.stopped, true);
});

test('the end of the process ends its calls, and later ones at once', async () => {
  const connection = open();
  const waiting = connection.call(call('wait', {}));
  await connection.kill();
  assert.deepEqual(await waiting, { type: 'lost', problem: 'signal SIGKILL' });
  assert.equal(await connection.lost, 'signal SIGKILL');
  const later = await connection.call(call('echo', {}));
  assert.deepEqual(later, { type: 'lost', problem: 'it is not running' });
});
