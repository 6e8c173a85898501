import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Message, ModelConfiguration } from '@opencomputer/contracts';
import type { ModelDelta, ModelRequest } from '@opencomputer/contracts/internal';
import { createHastyClock, createScriptedModel, startModelServer } from '@opencomputer/testkit';
import type { ModelScript, ModelServer, ServerScript } from '@opencomputer/testkit';
import type { Backend } from './backend.ts';
import { createModelEngine } from './engine.ts';
import type { CallRecord, EngineDependencies } from './engine.ts';

const far = 20_000_000;
const farLimits = { connectMsMax: far, firstByteMsMax: far, idleMsMax: far, attemptMsMax: far };
const request: ModelRequest = {
  system: 'You are helpful.',
  messages: [{ role: 'user', text: 'hi' }],
  tools: [],
  outputTokensMax: 1_000,
  trace: { turn: 'turn-1', step: 2 },
};
const signal = new AbortController().signal;
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing) await close();
});

async function serve(script: ServerScript): Promise<ModelServer> {
  const server = await startModelServer(script);
  closing.push(() => server.close());
  return server;
}

function make(rest: Partial<EngineDependencies> = {}) {
  const records: CallRecord[] = [];
  const clock = createHastyClock();
  const engine = createModelEngine({
    clock,
    random: () => 0.5,
    environment: {},
    limits: farLimits,
    onCall: (record) => records.push(record),
    localAddresses: [],
    ...rest,
  });
  closing.push(() => engine.stop());
  return { engine, records, clock };
}

/** An engine over models in this process, tried in order. */
function scripted(scripts: readonly ModelScript[], rest: Partial<EngineDependencies> = {}) {
  const models = scripts.map((script, index) => createScriptedModel(script, `m${index}`));
  const backend: Backend = {
    open: ({ model }) => {
      const found = models.find(({ modelId }) => modelId === model);
      return found ? Promise.resolve(found) : Promise.reject(new Error('no such model'));
    },
  };
  const provider = 'package:scripted';
  const settings = models.map(({ modelId }): ModelConfiguration => ({ provider, model: modelId }));
  return { models, ...make({ backends: { [provider]: backend }, settings, ...rest }) };
}

const compatible = ({ url }: ModelServer): ModelConfiguration => {
  return { provider: 'openai-compatible', model: 'm', url };
};
const down = () => ({ error: Object.assign(new Error('down'), { statusCode: 503 }) });
const denied = () => ({ error: Object.assign(new Error('no'), { statusCode: 401 }) });
const fine = () => ({ text: 'fine' });

test('nothing connected is said as such, and recorded', async () => {
  const { engine, records } = make();
  await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_MISSING' });
  assert.equal(records[0]?.code, 'MODEL_MISSING');
  assert.equal(records[0]?.attempts, 0);
  assert.deepEqual(engine.models(), []);
});

test('a call is recorded with its trace, hash, tokens and cost, and without any text', async () => {
  const server = await serve([
    { text: 'the answer', usage: { input: 900, output: 40, cached: 500 } },
  ]);
  const settings: ModelConfiguration[] = [
    { provider: 'openai-compatible', model: 'gpt-4o', url: server.url },
  ];
  const { engine, records } = make({ settings });
  const answer = await engine.call(request, { signal });
  const [record] = records;
  assert.ok(record);
  const { turn, step, model, provider, attempts, priced, streamed, finish } = record;
  assert.deepEqual(
    { turn, step, model, provider, attempts, priced, streamed, finish },
    {
      turn: 'turn-1',
      step: 2,
      model: 'gpt-4o',
      provider: 'openai-compatible',
      attempts: 1,
      priced: false,
      streamed: false,
      finish: 'stop',
    },
  );
  assert.deepEqual(answer.usage, {
    inputTokens: 900,
    outputTokens: 40,
    cachedTokens: 500,
    cost: 0,
  });
  assert.match(record.promptHash, /^[0-9a-f]{64}$/);
  assert.equal(record.promptHash, answer.promptHash);
  assert.doesNotMatch(JSON.stringify(records), /answer|helpful/);
});

test('the hash is that of the prompt: equal for equal, whatever the model, different otherwise', async () => {
  const { engine } = scripted([
    [down(), fine(), fine()],
    [fine(), fine()],
  ]);
  const hashes: string[] = [];
  for (const text of ['hi', 'hi', 'ho']) {
    const messages: Message[] = [{ role: 'user', text }];
    const answer = await engine.call({ ...request, messages }, { signal });
    hashes.push(answer.promptHash);
  }
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
});

test('a model that fails is tried twice, then the next one answers', async () => {
  const { engine, models, records } = scripted([down, fine]);
  const deltas: ModelDelta[] = [];
  const answer = await engine.call(request, { signal, onDelta: (delta) => deltas.push(delta) });
  assert.equal(answer.model, 'm1');
  assert.equal(answer.attempts, 3);
  assert.equal(models[0]?.calls.length, 2);
  const starts = deltas.filter((delta) => delta.type === 'model-start');
  assert.deepEqual(starts, [
    { type: 'model-start', model: 'm0' },
    { type: 'model-start', model: 'm1' },
  ]);
  assert.equal(records.length, 1);
});

test('models that say no for good use up no attempt of the others', async () => {
  const { engine, models } = scripted([denied, denied, denied, denied, fine]);
  assert.equal((await engine.call(request, { signal })).model, 'm4');
  assert.ok(models.every(({ calls }) => calls.length === 1));
});

test('when all fail, the failure of the first model is told, after three attempts', async () => {
  const { engine, models } = scripted([down, down, down, down]);
  await assert.rejects(engine.call(request, { signal }), {
    code: 'MODEL_OVERLOADED',
    message: /m0/,
  });
  assert.deepEqual(
    models.map(({ calls }) => calls.length),
    [1, 1, 1, 0],
  );
});

test('a long Retry-After goes to the next model at once', async () => {
  const limited = Object.assign(new Error('slow'), {
    statusCode: 429,
    responseHeaders: { 'retry-after': '20' },
  });
  const { engine, models, clock } = scripted([() => ({ error: limited }), fine]);
  assert.equal((await engine.call(request, { signal })).model, 'm1');
  assert.equal(models[0]?.calls.length, 1);
  assert.ok(clock.delays.every((wait) => wait !== 20_000));
});

test('after five failures a model is paused, then probed once, then used again', async () => {
  let broken = true;
  let now = 0;
  const clock = { ...createHastyClock(), monotonic: () => now };
  const { engine, models } = scripted([() => (broken ? down() : fine())], { clock });
  const calls = () => models[0]?.calls.length;
  await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_OVERLOADED' });
  await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_OVERLOADED' });
  assert.equal(calls(), 5);
  await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_BREAKER' });
  assert.equal(calls(), 5);
  assert.equal(engine.models()[0]?.state, 'paused');
  now = 10_000;
  await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_OVERLOADED' });
  assert.equal(calls(), 6);
  broken = false;
  now = 30_000;
  await engine.call(request, { signal });
  assert.equal(engine.models()[0]?.state, 'ready');
});

test('text that was shown before a failure is taken back, then said anew under another id', async () => {
  const cut = { text: ['one ', 'two '], error: new Error('cut'), failAfterDeltas: 2 };
  const { engine } = scripted([[cut, { text: 'whole' }]]);
  const deltas: ModelDelta[] = [];
  await engine.call(request, { signal, onDelta: (delta) => deltas.push(delta) });
  const texts = deltas.filter((delta) => delta.type !== 'model-start');
  assert.deepEqual(
    texts.map((delta) => [delta.type, delta.id]),
    [
      ['text-delta', 's2a1t0'],
      ['text-delta', 's2a1t0'],
      ['text-withdraw', 's2a1t0'],
      ['text-delta', 's2a2t0'],
    ],
  );
});

test('when nobody is left, what was shown is taken back too', async () => {
  const cut = () => ({ text: ['one ', 'two '], error: new Error('cut'), failAfterDeltas: 1 });
  const { engine } = scripted([cut]);
  const deltas: ModelDelta[] = [];
  const call = engine.call(request, { signal, onDelta: (delta) => deltas.push(delta) });
  await assert.rejects(call, { code: 'MODEL_ANSWER' });
  assert.equal(deltas.at(-1)?.type, 'text-withdraw');
  const shown = deltas.filter((delta) => delta.type === 'text-delta').length;
  assert.equal(deltas.filter((delta) => delta.type === 'text-withdraw').length, shown);
});

test("after the caller's abort nothing is tried again, and what was shown stays", async () => {
  const server = await serve([{ text: 'one two three four', fault: { type: 'stall' } }]);
  const settings = [compatible(server)];
  const { engine, records } = make({ settings });
  const controller = new AbortController();
  const deltas: ModelDelta[] = [];
  const call = engine.call(request, {
    signal: controller.signal,
    onDelta: (delta) => {
      deltas.push(delta);
      if (delta.type === 'text-delta') controller.abort();
    },
  });
  await assert.rejects(call, { code: 'TURN_CANCELLED' });
  assert.equal(server.requests.length, 1);
  assert.equal(records[0]?.code, 'TURN_CANCELLED');
  assert.ok(deltas.every((delta) => delta.type !== 'text-withdraw'));
});

test('an abort while waiting for the next attempt ends the wait', async () => {
  const { engine, models, clock } = scripted([down], { random: () => 0.999 });
  const controller = new AbortController();
  const slow = { ...clock, after: () => () => undefined };
  const waiting = scripted([down], { clock: slow });
  const call = waiting.engine.call(request, { signal: controller.signal });
  setImmediate(() => controller.abort());
  await assert.rejects(call, { code: 'TURN_CANCELLED' });
  assert.equal(waiting.models[0]?.calls.length, 1);
  assert.equal(engine.models()[0]?.state, 'unknown');
  assert.equal(models[0]?.calls.length, 0);
});

test('the consumer that stops listening to a probe does not pause the model for ever', async () => {
  let now = 0;
  const clock = { ...createHastyClock(), monotonic: () => now };
  let hang = false;
  const { engine } = scripted([() => (hang ? { hang: true } : down())], { clock });
  for (let count = 0; count < 2; count += 1) {
    await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_OVERLOADED' });
  }
  now = 10_000;
  hang = true;
  const controller = new AbortController();
  const probe = engine.call(request, { signal: controller.signal });
  setImmediate(() => controller.abort());
  await assert.rejects(probe, { code: 'TURN_CANCELLED' });
  hang = false;
  await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_OVERLOADED' });
});

test('a request that does not fit goes to the model whose window holds it', async () => {
  const { engine, models } = scripted([fine, fine], {
    settings: [
      { provider: 'package:scripted', model: 'm0', contextTokens: 4_000 },
      { provider: 'package:scripted', model: 'm1', contextTokens: 100_000 },
    ],
  });
  assert.equal((await engine.call(request, { signal })).model, 'm0');
  const messages: Message[] = [{ role: 'user', text: 'word '.repeat(10_000) }];
  assert.equal((await engine.call({ ...request, messages }, { signal })).model, 'm1');
  assert.equal(models[0]?.calls.length, 1);
});

test('a window that a provider names is known from then on', async () => {
  const server = await serve([
    { fault: { type: 'status', status: 400, message: 'maximum context length is 4096 tokens' } },
  ]);
  const settings = [compatible(server)];
  const { engine } = make({ settings });
  await assert.rejects(engine.call(request, { signal }), { code: 'MODEL_CONTEXT' });
  assert.equal(engine.models()[0]?.contextTokens, 4096);
});

test('characters per token are learned from the usage', async () => {
  const { engine } = scripted([() => ({ text: 'x', usage: { input: 500, output: 1, cached: 0 } })]);
  const messages: Message[] = [{ role: 'user', text: 'x'.repeat(1_000) }];
  for (let count = 0; count < 30; count += 1) {
    await engine.call({ ...request, messages }, { signal });
  }
  const learned = engine.estimator.charactersPerToken('m0');
  assert.ok(learned > 2 && learned < 2.4, String(learned));
});

test('a server without a named model is asked at the first call, and the first one is used', async () => {
  const server = await startModelServer([{ text: 'x' }], [{ id: 'qwen' }, { id: 'other' }]);
  closing.push(() => server.close());
  const { engine } = make({ environment: { OPENAI_BASE_URL: server.url } });
  assert.equal(engine.models()[0]?.model, 'auto');
  assert.equal(server.connections.opened, 0);
  assert.equal((await engine.call(request, { signal })).model, 'qwen');
  assert.equal(server.requests[0]?.body['model'], 'qwen');
  assert.equal(engine.models()[0]?.model, 'qwen');
});

test('a server that refuses the connection is unreachable after three attempts', async () => {
  const server = await startModelServer([]);
  await server.close();
  const environment = { OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'm' };
  const { engine, records } = make({ environment });
  await assert.rejects(engine.call(request, { signal }), {
    code: 'MODEL_UNREACHABLE',
    message: /^m cannot be reached: nothing listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.$/,
  });
  assert.equal(records[0]?.attempts, 3);
});

test('two tools in two steps go over the wire and back with their signatures', async () => {
  for (const provider of ['anthropic', 'openai', 'openai-compatible'] as const) {
    const server = await serve((_request, index) =>
      index === 0
        ? { reasoning: 'think', toolCalls: [{ id: 'c1', name: 'add', arguments: { a: 1 } }] }
        : { text: 'done' },
    );
    const { engine } = make({ settings: [{ provider, model: 'm', url: server.url }] });
    const first = await engine.call(request, { signal, onDelta: () => undefined });
    const messages: Message[] = [
      ...request.messages,
      { role: 'assistant', parts: first.parts },
      { role: 'tool', callId: 'c1', tool: 'add', outcome: { status: 'refused', text: 'too big' } },
    ];
    const stored = JSON.parse(JSON.stringify(messages)) as Message[];
    await engine.call({ ...request, messages: stored }, { signal });
    const bytes = server.requests[1]?.bytes ?? '';
    const expected: Record<string, RegExp> = {
      anthropic: /"signature":"signed".*"tool_use_id":"c1".*"Refused: too big".*"is_error":true/,
      openai: /"encrypted_content":"sealed".*"call_id":"c1".*Refused: too big/,
      'openai-compatible': /"reasoning_content":"think".*"tool_call_id":"c1".*"Refused: too big"/,
    };
    assert.match(bytes, expected[provider] ?? /never/, provider);
    assert.doesNotMatch(bytes, /"engine"/);
  }
});

test('the beginning of the body stays the same from step to step', async () => {
  const server = await serve([{ text: 'x' }]);
  const settings = [compatible(server)];
  const { engine } = make({ settings });
  const grown: Message[] = [
    ...request.messages,
    { role: 'assistant', parts: [{ type: 'text', text: 'hello' }] },
    { role: 'user', text: 'and now' },
  ];
  await engine.call(request, { signal });
  await engine.call({ ...request, messages: grown }, { signal });
  const [first = '', second = ''] = server.requests.map(({ bytes }) => bytes);
  const shared = first.slice(0, first.indexOf('"hi"') + 4);
  assert.ok(shared.length > 50);
  assert.ok(second.startsWith(shared));
});

test('nothing happens when the engine is made', async () => {
  const server = await serve([]);
  const loaded: string[] = [];
  make({
    environment: { OPENAI_BASE_URL: server.url },
    backends: {
      'openai-compatible': {
        open: () => {
          loaded.push('opened');
          return Promise.reject(new Error('not now'));
        },
      },
    },
  });
  assert.deepEqual(loaded, []);
  assert.equal(server.connections.opened, 0);
});
