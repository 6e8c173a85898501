import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';
import type { AgentService, Queries, TurnAction } from '@opencomputer/contracts/internal';
import { drainMsMax } from './gateway.ts';
import type { GatewayOptions } from './gateway.ts';
import {
  greeting,
  saying,
  scriptedService,
  serve,
  temporaryFolder,
} from './fixtures/scripted-service.ts';
import type { ScriptedService, Served } from './fixtures/scripted-service.ts';
import { connectAgent } from './remote-agent.ts';
import type { RemoteAgent } from './remote-agent.ts';
import { bodyBytesMax } from './wire.ts';

async function connected(
  context: TestContext,
  script: Partial<AgentService> = {},
  options: Partial<GatewayOptions> = {},
): Promise<{ agent: RemoteAgent; served: Served; service: ScriptedService }> {
  const service = scriptedService(script);
  const served = await serve(context, service, options);
  const agent = await connectAgent(served.socketPath);
  assert.ok(agent);
  context.after(() => agent.stop());
  return { agent, served, service };
}

async function collect<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const collected: Part[] = [];
  for await (const part of parts) collected.push(part);
  return collected;
}

test('nobody there, or a file left by a crash, is no agent', async (context) => {
  const path = join(temporaryFolder(context), 'agent.sock');
  assert.equal(await connectAgent(path), undefined);
  assert.equal(await connectAgent(join(path, 'below', 'agent.sock')), undefined);
  const program = `require('node:net').createServer().listen(process.argv[1], () => console.log())`;
  const child = spawn(process.execPath, ['-e', program, path]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(await connectAgent(path), undefined);
});

test('parts of a turn arrive as they were sent, while the turn runs', async (context) => {
  const next = Promise.withResolvers<void>();
  const parts: StreamPart[] = [
    ...saying('Grüße 🙂', '\n\u2028', '').slice(0, -1),
    { type: 'tool-start', call: { callId: '1', tool: 'x', arguments: { a: [1] } }, plugin: 'p' },
    ...saying('').slice(-1),
  ];
  async function* slowly(): AsyncGenerator<StreamPart> {
    yield* parts.slice(0, 1);
    await next.promise;
    yield* parts.slice(1);
  }
  const { agent, service } = await connected(context, { send: slowly });
  const received: StreamPart[] = [];
  for await (const part of agent.send(greeting)) {
    received.push(part);
    next.resolve();
  }
  assert.deepEqual(received, parts);
  assert.deepEqual(service.sent, [greeting]);
});

test('every action, question and answer goes through unchanged', async (context) => {
  const answers: { [Name in keyof Queries]?: unknown } = {
    models: [{ model: 'm', provider: 'p', state: 'ready', contextTokens: 8000, current: true }],
    undo: { text: 'hi' },
    why: [{ at: 1, name: 'turn-start', text: 'It began.', data: { a: null } }],
  };
  const query = (async (name: keyof Queries, input: unknown) => {
    asked.push([name, input]);
    return answers[name];
  }) as AgentService['query'];
  const asked: unknown[] = [];
  const { agent, service } = await connected(context, { query });
  assert.equal(agent.version, '1.2.3');
  assert.deepEqual(await agent.query('models', {}), answers.models);
  assert.deepEqual(await agent.query('undo', { conversation: 'c' }), answers.undo);
  assert.deepEqual(await agent.query('why', { turn: 't' }), answers.why);
  assert.deepEqual(asked, [
    ['models', {}],
    ['undo', { conversation: 'c' }],
    ['why', { turn: 't' }],
  ]);
  const actions: TurnAction[] = [
    { type: 'approve', turn: 't', callId: 'c' },
    { type: 'deny', turn: 't', callId: 'c', reason: 'no' },
    { type: 'cancel', turn: 't', reason: 'enough' },
    { type: 'steer', turn: 't', text: 'rather this' },
  ];
  for (const action of actions) await agent.act(action);
  assert.deepEqual(service.acted, actions);
});

test('stopping lets go of the daemon, which goes on; only asked by name does it stop', async (context) => {
  const asked = Promise.withResolvers<void>();
  let stops = 0;
  const onStop = (): void => {
    stops += 1;
    asked.resolve();
  };
  const { agent, served } = await connected(context, {}, { onStop });
  await agent.stop();
  const next = await connectAgent(served.socketPath);
  assert.equal(stops, 0);
  await next?.stopDaemon();
  await asked.promise;
  assert.equal(stops, 1);
});

test('errors of every operation arrive as what they were', async (context) => {
  const busy = new AgentError('TURN_BUSY', { retryAfterSeconds: 3 });
  const fail = (): never => {
    throw busy;
  };
  const { agent } = await connected(context, {
    send: fail,
    listen: fail,
    act: async () => fail(),
    query: async () => fail(),
  });
  const expected = { code: 'TURN_BUSY', message: busy.message, retryAfterSeconds: 3 };
  const signal = new AbortController().signal;
  await assert.rejects(collect(agent.send(greeting)), expected);
  await assert.rejects(collect(agent.listen('owner', signal)), expected);
  await assert.rejects(agent.act({ type: 'cancel', turn: 't', reason: 'r' }), expected);
  await assert.rejects(agent.query('models', {}), expected);
});

test('an error in the middle of a turn comes after the parts before it, and takes back its text', async (context) => {
  async function* send(): AsyncGenerator<StreamPart> {
    yield* saying('Hello').slice(0, 4);
    throw new AgentError('STORE_FULL');
  }
  const { agent } = await connected(context, { send });
  const received: StreamPart[] = [];
  const reading = (async () => {
    for await (const part of agent.send(greeting)) received.push(part);
  })();
  await assert.rejects(reading, { code: 'STORE_FULL' });
  const withdrawn = received.pop();
  assert.deepEqual(received, saying('Hello').slice(0, 4));
  assert.ok(withdrawn?.type === 'text-withdraw' && withdrawn.id === 'a');
});

test('leaving a turn closes the connection and does not cancel the turn', async (context) => {
  const left = Promise.withResolvers<void>();
  async function* send(): AsyncGenerator<StreamPart> {
    try {
      for (;;) {
        yield* saying('more').slice(0, 4);
        await new Promise(setImmediate);
      }
    } finally {
      left.resolve();
    }
  }
  const { agent, service } = await connected(context, { send });
  for await (const part of agent.send(greeting)) {
    if (part.type === 'text-delta') break;
  }
  await left.promise;
  assert.deepEqual(service.acted, []);
});

test('a consumer that is slow keeps the turn from running ahead', async (context) => {
  const delta = 'x'.repeat(64 * 1024);
  const total = 500;
  let taken = 0;
  async function* send(): AsyncGenerator<StreamPart> {
    for (; taken < total; taken += 1) yield { type: 'text-delta', id: 'a', delta };
    yield* saying('').slice(-1);
  }
  const { agent } = await connected(context, { send });
  let received = 0;
  for await (const part of agent.send(greeting)) {
    if (part.type === 'text-delta') received += 1;
    if (received !== 1) continue;
    let before = -1;
    while (before !== taken) {
      before = taken;
      for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
    }
    assert.ok(taken < total / 2, `${taken} of ${total} parts were read ahead`);
  }
  assert.equal(received, total);
});

test('listening hears what is said, until its signal', async (context) => {
  const heard = Promise.withResolvers<string>();
  let ended = false;
  async function* listen(person: string, signal: AbortSignal): AsyncGenerator<{ text: string }> {
    yield { text: `for ${person}` };
    await once(signal, 'abort');
    ended = true;
  }
  const { agent } = await connected(context, { listen });
  const stop = new AbortController();
  const reading = (async () => {
    for await (const { text } of agent.listen('the owner & co', stop.signal)) heard.resolve(text);
  })();
  assert.equal(await heard.promise, 'for the owner & co');
  stop.abort();
  await reading;
  assert.deepEqual(await collect(agent.listen('owner', AbortSignal.abort())), []);
  const again = scriptedListener(agent);
  await again.first;
  again.stop();
  await again.done;
  assert.equal(ended, true);
});

function scriptedListener(agent: RemoteAgent): {
  first: Promise<void>;
  done: Promise<void>;
  stop: () => void;
} {
  const first = Promise.withResolvers<void>();
  const stop = new AbortController();
  const done = (async () => {
    for await (const { text } of agent.listen('owner', stop.signal)) {
      if (text !== '') first.resolve();
    }
  })();
  return { first: first.promise, done, stop: () => stop.abort() };
}

test('a stop ends listening quietly and a running turn with its error', async (context) => {
  const started = Promise.withResolvers<void>();
  async function* listen(_person: string, signal: AbortSignal): AsyncGenerator<{ text: string }> {
    yield { text: 'listening' };
    await once(signal, 'abort');
  }
  async function* send(): AsyncGenerator<StreamPart> {
    yield* saying('Hello').slice(0, 1);
    started.resolve();
    await new Promise<never>(() => undefined);
  }
  const { agent, served, service } = await connected(context, { listen, send });
  const listener = scriptedListener(agent);
  await listener.first;
  const turn = collect(agent.send(greeting));
  const failed = assert.rejects(turn, { code: 'SERVICE_STOPPING', retryAfterSeconds: 5 });
  await started.promise;
  const closing = served.gateway.close();
  await listener.done;
  await assert.rejects(agent.query('models', {}), { code: 'SERVICE_STOPPING' });
  await assert.rejects(connectAgent(served.socketPath), { code: 'SERVICE_STOPPING' });
  assert.ok(served.clock.pass(drainMsMax));
  await failed;
  await closing;
  assert.deepEqual(service.acted, []);
  assert.equal(await connectAgent(served.socketPath), undefined);
  await assert.rejects(agent.query('models', {}), { code: 'SERVICE_UNREACHABLE' });
});

test('a message over the limit is refused before it is sent', async (context) => {
  const { agent, served, service } = await connected(context);
  await served.gateway.close();
  const text = 'x'.repeat(bodyBytesMax);
  await assert.rejects(collect(agent.send({ ...greeting, text })), { code: 'INPUT_TOO_LARGE' });
  assert.deepEqual(service.sent, []);
});

test('a daemon that dies or talks nonsense in the middle of a turn is unreachable', async (context) => {
  const path = join(temporaryFolder(context), 'agent.sock');
  const start = `${JSON.stringify(saying()[0])}\n`;
  const answers = [`${start}{"type":`, `${start}nonsense\n`, `${start}null\n`, start];
  const server = createServer((request, response) => {
    if (request.url === '/internal/hello') return void response.end('{"version":"1"}');
    const answer = answers.shift();
    if (answer === undefined)
      return void response.writeHead(500).end('{"code":"NEW","message":"x"}');
    response.write(answer);
    return void setImmediate(() =>
      answers.length === 3 ? request.socket.destroy() : response.end(),
    );
  }).listen(path);
  context.after(() => server.close());
  await once(server, 'listening');
  const agent = await connectAgent(path);
  assert.ok(agent);
  context.after(() => agent.stop());
  for (let count = 0; count < 5; count += 1) {
    await assert.rejects(collect(agent.send(greeting)), { code: 'SERVICE_UNREACHABLE' });
  }
});

test('connecting loads no server', () => {
  const program = `
    import { _cache } from 'node:module';
    await import(process.argv[1]);
    console.log(Object.keys(_cache).filter((file) => file.includes('fastify')).length);`;
  const loaded = (file: string): number => {
    const path = join(import.meta.dirname, file);
    const args = ['--input-type=module', '-e', program, path];
    return Number(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
  };
  assert.equal(loaded('remote-agent.ts'), 0);
  assert.ok(loaded('gateway.ts') > 10, 'the count itself works');
});
