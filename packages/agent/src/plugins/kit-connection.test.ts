import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import type { Json, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import type { ChildSpecification } from './child.ts';
import type { PluginCall } from './connection.ts';
import { echo, systemClock } from './fixtures/harness.ts';
import { KitConnection } from './kit-connection.ts';

const specification = (program: readonly string[]): ChildSpecification => ({
  command: process.execPath,
  arguments: program,
  environment: {},
  directory: tmpdir(),
  lineBytesMax: 100_000,
});

const open = (program: readonly string[] = [echo]): KitConnection =>
  new KitConnection(specification(program), systemClock);

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

test('hosted storage is asked for each value, and its handle is not handed on', async (t) => {
  const asking = `
    const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
    let call, shown, step = 0;
    const seen = [];
    const steps = [
      { operation: 'set', name: 'a', value: [1] }, { operation: 'get', name: 'a' },
      { operation: 'delete', name: 'a' }, { operation: 'get', name: 'a' },
      { operation: 'get', name: '' }, { operation: 'list', name: 'a' },
    ];
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.method === 'tools/call') {
        call = message.id;
        shown = message.params._meta['opencomputer/call'];
      } else seen.push(message.result ?? message.error.message);
      const params = steps[step++];
      if (params === undefined) say({ id: call, result: { seen, shown } });
      else say({ id: 's' + step, method: 'opencomputer/storage', params: { ...params, call } });
    });`;
  const values = new Map<string, Json>();
  const handles: Json[] = [];
  const connection = new KitConnection(specification(['-e', asking]), systemClock, {
    get: (handle, name) => {
      handles.push(handle);
      return Promise.resolve(values.get(name));
    },
    set: (_, name, value) => Promise.resolve(void values.set(name, value)),
    delete: (_, name) => Promise.resolve(void values.delete(name)),
  });
  t.after(() => connection.kill());
  const circumstances = { now: 1, storage: { directory: '/d', key: 'secret' } };
  const answer = await connection.call(call('any', {}, { circumstances }));
  assert.ok(answer.type === 'result');
  const wrong = 'a wrong request';
  assert.deepEqual(answer.result['seen'], [{}, { value: [1] }, {}, {}, wrong, wrong]);
  assert.deepEqual(answer.result['shown'], { now: 1, storage: true });
  assert.deepEqual(handles[0], { directory: '/d', key: 'secret' });
});
