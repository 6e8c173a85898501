import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { CALLS_OPEN_MAX, Session } from './session.ts';
import { tool } from './tool.ts';
import type { PluginTool } from './tool.ts';

const modern = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A session whose answers are read in the order in which they are sent. */
function open(tools: readonly PluginTool[]): {
  session: Session;
  reports: string[];
  ask(message: JsonObject | string): void;
  next(): Promise<JsonObject>;
} {
  const sent: JsonObject[] = [];
  const readers: ((message: JsonObject) => void)[] = [];
  const reports: string[] = [];
  const session = new Session(tools, {
    send: (message) => {
      const plain = JSON.parse(JSON.stringify(message)) as JsonObject;
      const reader = readers.shift();
      if (reader === undefined) sent.push(plain);
      else reader(plain);
    },
    report: (text) => void reports.push(text),
    ambient: { now: () => 0, identifier: () => 'made' },
    manifest: () => ({ name: 'test', version: '1.0.0', tools: new Map() }),
  });
  return {
    session,
    reports,
    ask: (message) => {
      const text =
        typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message });
      session.receive(text);
    },
    next: () => {
      const ready = sent.shift();
      if (ready !== undefined) return Promise.resolve(ready);
      return new Promise((resolve) => readers.push(resolve));
    },
  };
}

const errorCode = (message: JsonObject): unknown => (message['error'] as JsonObject)['code'];

const done = (text: string): Promise<ToolOutcome> => Promise.resolve({ status: 'done', text });
const echo = tool('echo', ({ text }) => done(typeof text === 'string' ? text : ''));
const callEcho = (id: number, text: string): JsonObject => ({
  id,
  method: 'tools/call',
  params: { name: 'echo', arguments: { text } },
});

test('every bad message gets its error, and the next good one its answer', async () => {
  const { ask, next } = open([echo]);
  const cases: [JsonObject | string, number][] = [
    ['{"jsonrpc":', -32700],
    ['[]', -32600],
    ['{"id":1,"method":"ping"}', -32600],
    [{ id: null, method: 'ping' }, -32600],
    [{ id: 1, method: 'nothing' }, -32601],
    [{ id: 1, method: 'tools/call', params: { name: 'nothing' } }, -32602],
    [{ id: 1, method: 'tools/call', params: { name: 'echo', arguments: [] } }, -32602],
    [{ id: 1, method: 'server/discover' }, -32602],
  ];
  for (const [message, code] of cases) {
    ask(message);
    assert.equal(errorCode(await next()), code, JSON.stringify(message));
  }
  ask('');
  ask({ method: 'notifications/unknown' });
  ask({ id: 'x', result: {} });
  ask(callEcho(1, 'fine'));
  assert.equal((await next())['id'], 1);
});

test('the newer revision: discovery, lists with a time to live, a type on every result', async () => {
  const { ask, next } = open([echo]);
  ask({ id: 1, method: 'server/discover', params: { _meta: modern } });
  const _meta = { 'io.modelcontextprotocol/serverInfo': { name: 'test', version: '1.0.0' } };
  assert.deepEqual((await next())['result'], {
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {} },
    ttlMs: 3_600_000,
    cacheScope: 'public',
    resultType: 'complete',
    _meta,
  });
  ask({ id: 2, method: 'ping', params: { _meta: modern } });
  assert.equal(errorCode(await next()), -32601);
  const old = { ...modern, 'io.modelcontextprotocol/protocolVersion': '2030-01-01' };
  ask({ id: 3, method: 'tools/list', params: { _meta: old } });
  const { error } = await next();
  assert.equal((error as JsonObject)['code'], -32022);
  const { 'io.modelcontextprotocol/clientCapabilities': _, ...incomplete } = modern;
  ask({ id: 4, method: 'tools/list', params: { _meta: incomplete } });
  assert.equal(errorCode(await next()), -32602);
});

test('the older revision: its own versions are agreed to, any other is offered the newest of them', async () => {
  const { ask, next } = open([echo]);
  const versions = { '2025-11-25': '2025-11-25', '2025-06-18': '2025-06-18', '1': '2025-11-25' };
  for (const [protocolVersion, agreed] of Object.entries(versions)) {
    ask({ id: 1, method: 'initialize', params: { protocolVersion } });
    const { result } = await next();
    assert.equal((result as JsonObject)['protocolVersion'], agreed);
  }
  ask({ id: 2, method: 'ping' });
  assert.deepEqual((await next())['result'], {});
});

test('calls run side by side and are answered as they end', async () => {
  const gates = new Map<unknown, () => void>();
  const slow = tool('slow', async ({ text }) => {
    await new Promise<void>((resolve) => gates.set(text, resolve));
    return { status: 'done', text: 'slow' };
  });
  const { ask, next } = open([slow, echo]);
  ask({ id: 1, method: 'tools/call', params: { name: 'slow', arguments: { text: 'a' } } });
  ask(callEcho(2, 'quick'));
  assert.equal((await next())['id'], 2);
  ask({ id: 1, method: 'tools/call', params: { name: 'echo' } });
  assert.equal(errorCode(await next()), -32600);
  gates.get('a')?.();
  assert.equal((await next())['id'], 1);
});

test('one call more than the limit is answered as busy', async () => {
  const stuck = tool('stuck', (_, { signal }) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(new Error('stopped')));
    return promise;
  });
  const { ask, next, session } = open([stuck]);
  for (let id = 0; id <= CALLS_OPEN_MAX; id += 1) {
    ask({ id, method: 'tools/call', params: { name: 'stuck' } });
  }
  const answer = await next();
  assert.deepEqual([answer['id'], errorCode(answer)], [CALLS_OPEN_MAX, -32000]);
  await session.close();
});

test('a cancelled call gets no answer; the host hears when its handler has ended', async () => {
  const held = Promise.withResolvers<void>();
  const stubborn = tool('stubborn', async () => {
    await held.promise;
    return { status: 'done', text: 'late' };
  });
  const { ask, next } = open([stubborn, echo]);
  ask({ id: 1, method: 'tools/call', params: { name: 'stubborn' } });
  ask({ method: 'notifications/cancelled', params: { requestId: 1 } });
  ask({ method: 'notifications/cancelled', params: { requestId: 99 } });
  ask(callEcho(2, 'between'));
  assert.equal((await next())['id'], 2);
  held.resolve();
  assert.deepEqual(await next(), {
    jsonrpc: '2.0',
    method: 'notifications/opencomputer/stopped',
    params: { requestId: 1 },
  });
});

test('what a handler throws is a short failure for the host and a full report for the log', async () => {
  const broken = tool('broken', () => {
    throw new Error(`a defect ${'x'.repeat(1_000)}`);
  });
  const { ask, next, reports } = open([broken]);
  ask({ id: 1, method: 'tools/call', params: { name: 'broken' } });
  const { result } = await next();
  const { content, isError } = result as { content: [{ text: string }]; isError: boolean };
  assert.equal(isError, true);
  assert.ok(content[0].text.startsWith('broken failed: a defect') && content[0].text.length <= 300);
  assert.match(reports.join(), /session\.test\.ts/);
});

test('a service call goes to the host with its call, and comes back as the outcome', async () => {
  const asking = tool('ask', (input, context) => context.call('calendar', 'list', input));
  const { ask, next } = open([asking]);
  const input = { day: 'monday' };
  ask({ id: 7, method: 'tools/call', params: { name: 'ask', arguments: input } });
  const request = await next();
  assert.equal(request['method'], 'opencomputer/call');
  const params = { service: 'calendar', operation: 'list', input, call: 7 };
  assert.deepEqual(request['params'], params);
  ask({ id: request['id'] ?? null, result: { status: 'done', text: 'two events' } });
  const { result } = await next();
  assert.deepEqual((result as JsonObject)['content'], [{ type: 'text', text: 'two events' }]);
  ask({ id: 8, method: 'tools/call', params: { name: 'ask' } });
  ask({ id: (await next())['id'] ?? null, error: { code: -32600, message: 'no' } });
  assert.equal(((await next())['result'] as JsonObject)['isError'], true);
});

test('service calls end with their call, and only so many may be open', async () => {
  const seen: string[] = [];
  const many = tool('many', async (_, context) => {
    const calls = Array.from({ length: 17 }, () => context.call('a', 'b', {}));
    for (const { status, text } of await Promise.all(calls)) seen.push(`${status} ${text}`);
    return { status: 'done', text: '' };
  });
  const { ask, next } = open([many]);
  ask({ id: 1, method: 'tools/call', params: { name: 'many' } });
  for (let count = 0; count < 16; count += 1) await next();
  ask({ method: 'notifications/cancelled', params: { requestId: 1 } });
  assert.equal((await next())['method'], 'notifications/opencomputer/stopped');
  assert.equal(seen.filter((text) => text.includes('cancelled')).length, 16);
  assert.equal(seen.filter((text) => text.includes('At most 16')).length, 1);
});

test('two tools of one name are a defect of the plugin', () => {
  assert.throws(() => open([echo, echo]), /same name/);
});
