import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHastyClock, createScriptedModel } from '@opencomputer/testkit';
import type { ModelScript } from '@opencomputer/testkit';
import type { ModelDelta } from '@opencomputer/contracts/internal';
import { runAttempt } from './attempt.ts';
import type { AttemptOptions } from './attempt.ts';

const limits = { attemptMsMax: 20_000_000, answerCharactersMax: 1_000 };

function options(script: ModelScript, rest: Partial<AttemptOptions> = {}): AttemptOptions {
  return {
    provider: createScriptedModel(script),
    call: { prompt: [] },
    clock: createHastyClock(),
    limits,
    signal: new AbortController().signal,
    idPrefix: 'a',
    ...rest,
  };
}

test('whole and streamed give the same answer', async () => {
  const script = [{ text: 'hello there', toolCalls: [{ name: 'add', arguments: { a: 1 } }] }];
  const whole = await runAttempt(options(script));
  const deltas: ModelDelta[] = [];
  const streamed = await runAttempt(options(script, { onDelta: (delta) => deltas.push(delta) }));
  assert.deepEqual(
    streamed.parts.map(({ type }) => type),
    whole.parts.map(({ type }) => type),
  );
  assert.deepEqual(streamed.finish, whole.finish);
  assert.deepEqual(streamed.usage, whole.usage);
  assert.equal(deltas.length, 2);
});

for (const streamed of [true, false]) {
  const listen = streamed ? { onDelta: () => undefined } : {};
  const name = streamed ? 'streamed' : 'whole';

  test(`${name}: a provider that hangs is given up at the limit`, async () => {
    const short = { ...limits, attemptMsMax: 5_000 };
    const attempt = runAttempt(options([{ hang: true }], { limits: short, ...listen }));
    await assert.rejects(attempt, { code: 'MODEL_TIMEOUT' });
  });

  test(`${name}: a provider that ignores the abort does not hold the caller`, async () => {
    const never = new Promise<never>(() => undefined);
    const provider = createScriptedModel([]);
    const deaf = { ...provider, doGenerate: () => never, doStream: () => never };
    const controller = new AbortController();
    const attempt = runAttempt(
      options([], { provider: deaf, signal: controller.signal, ...listen }),
    );
    controller.abort();
    await assert.rejects(attempt, { code: 'TURN_CANCELLED' });
  });

  test(`${name}: an aborted signal calls nobody`, async () => {
    const provider = createScriptedModel([{ text: 'x' }]);
    const attempt = runAttempt(options([], { provider, signal: AbortSignal.abort(), ...listen }));
    await assert.rejects(attempt, { code: 'TURN_CANCELLED' });
    assert.equal(provider.calls.length, 0);
  });

  test(`${name}: an answer with too many characters is refused`, async () => {
    const attempt = runAttempt(options([{ text: 'x'.repeat(1_001) }], listen));
    await assert.rejects(attempt, { code: 'MODEL_TOO_LONG' });
  });

  test(`${name}: arguments count as characters too`, async () => {
    const toolCalls = [{ name: 'add', arguments: 'x'.repeat(1_001) }];
    const attempt = runAttempt(options([{ toolCalls }], listen));
    if (!streamed) await assert.rejects(attempt, { code: 'MODEL_TOO_LONG' });
    else assert.equal((await attempt).parts.length, 1); // Its deltas are counted, it has none.
  });
}

test('a stream that stands still ends when the caller gives up', async () => {
  const provider = createScriptedModel([]);
  const stuck = {
    ...provider,
    doStream: () => Promise.resolve({ stream: new ReadableStream<never>() }),
  };
  const controller = new AbortController();
  const attempt = runAttempt(
    options([], { provider: stuck, signal: controller.signal, onDelta: () => undefined }),
  );
  setImmediate(() => controller.abort());
  await assert.rejects(attempt, { code: 'TURN_CANCELLED' });
});

test('the error of the provider is passed on as it is', async () => {
  const error = new Error('from the provider');
  await assert.rejects(runAttempt(options([{ error }])), error);
  const stream = runAttempt(
    options([{ text: 'a b c', error, failAfterDeltas: 1 }], { onDelta: () => undefined }),
  );
  await assert.rejects(stream, error);
});
