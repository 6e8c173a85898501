import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Command, Plan, TurnInput, TurnState } from '@opencomputer/contracts';
import { call, decide, play, result, say, start, usage } from './fixtures/inputs.ts';
import { advance, isFinal, pendingCommands, replay } from './turn.ts';

const kinds = (commands: readonly Command[]): string[] => commands.map(({ type }) => type);

test('a plain question is one model call, one reply and one final command', () => {
  const { state, commands } = play(start(), say('Hello.'));
  assert.deepEqual(kinds(commands), ['model-call', 'reply', 'turn-finish']);
  assert.equal(state.status, 'done');
  assert.equal(state.reply?.text, 'Hello.');
});

test('parallel calls run side by side and their results keep the order of the calls', () => {
  const { state, commands } = play(
    start(),
    call([
      ['a', 'first'],
      ['b', 'second'],
    ]),
    decide({ a: 'allow', b: 'allow' }),
    result('b', 'two'),
    result('a', 'one'),
  );
  assert.deepEqual(kinds(commands), [
    'model-call',
    'policy-ask',
    'tool-call',
    'tool-call',
    'model-call',
  ]);
  const tools = state.messages.filter((message) => message.role === 'tool');
  assert.deepEqual(
    tools.map(({ callId }) => callId),
    ['a', 'b'],
  );
});

test('no tool runs before policy allowed it, and a denied one is told to the model', () => {
  const { state, commands } = play(start(), call([['a', 'x']]), decide({ a: 'deny' }));
  assert.ok(!kinds(commands).includes('tool-call'));
  const told = state.messages.at(-1);
  assert.ok(told?.role === 'tool' && told.outcome.status === 'refused');
});

test('a question to the person waits, and its time does not count against the budget', () => {
  const asked = play(start(), call([['a', 'x']]), decide({ a: 'ask' }));
  assert.equal(asked.state.status, 'waiting');
  const late = 2_100 + 200_000;
  const approved: TurnInput = { type: 'approval-give', at: late, callId: 'a', approved: true };
  const { state, commands } = play(
    start(),
    call([['a', 'x']]),
    decide({ a: 'ask' }),
    approved,
    result('a', 'ok', late + 10),
  );
  assert.equal(state.status, 'running');
  assert.equal(state.progress.waitedMs, 200_000);
  assert.equal(kinds(commands).at(-1), 'model-call');
});

test('an approval given twice runs the call once', () => {
  const approved: TurnInput = { type: 'approval-give', at: 3_000, callId: 'a', approved: true };
  const { commands } = play(start(), call([['a', 'x']]), decide({ a: 'ask' }), approved, approved);
  assert.equal(kinds(commands).filter((kind) => kind === 'tool-call').length, 1);
});

test('a person who says no is heard by the model with the reason', () => {
  const denied: TurnInput = {
    type: 'approval-give',
    at: 3_000,
    callId: 'a',
    approved: false,
    reason: 'too loud',
  };
  const { state } = play(start(), call([['a', 'x']]), decide({ a: 'ask' }), denied);
  const told = state.messages.at(-1);
  assert.ok(told?.role === 'tool' && /too loud/.test(told.outcome.text));
});

test('the same call asked for a fourth time ends the turn', () => {
  const inputs: TurnInput[] = [start()];
  for (const id of ['a', 'b', 'c']) {
    inputs.push(call([[id, 'x']]), decide({ [id]: 'allow' }), result(id));
  }
  const { state } = play(...inputs, call([['d', 'x']]));
  assert.equal(state.status, 'failed');
  assert.equal(state.reply?.error?.code, 'BUDGET_LOOP');
});

test('a turn stops at its steps, tokens, seconds and money', () => {
  const steps: TurnInput[] = [start()];
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) {
    steps.push(call([[id, `tool${index}`]]), decide({ [id]: 'allow' }), result(id));
  }
  assert.equal(play(...steps).state.reply?.error?.code, 'BUDGET_STEPS');
  const late = [start(), call([['a', 'x']]), decide({ a: 'allow' }), result('a', 'ok', 70_000)];
  assert.equal(play(...late).state.reply?.error?.code, 'BUDGET_SECONDS');
  const dear = call([['a', 'x']]);
  assert.ok(dear.type === 'model-finish');
  const spend = (change: Partial<typeof usage>): TurnInput[] => [
    start(),
    { ...dear, usage: { ...usage, ...change } },
    decide({ a: 'allow' }),
    result('a'),
  ];
  assert.equal(play(...spend({ cost: 2 })).state.reply?.error?.code, 'BUDGET_MONEY');
  assert.equal(play(...spend({ inputTokens: 20_000 })).state.reply?.error?.code, 'BUDGET_TOKENS');
});

test('arguments that are not JSON go back to the model without touching policy or tool', () => {
  const broken: TurnInput = {
    type: 'model-finish',
    at: 2_000,
    parts: [
      { type: 'tool-call', call: { callId: 'a', tool: 'x', arguments: { $invalid: '{"a":' } } },
    ],
    finish: 'tool-calls',
    usage,
    model: 'm',
    promptHash: '',
  };
  const { state, commands } = play(start(), broken);
  assert.deepEqual(kinds(commands), ['model-call', 'model-call']);
  const told = state.messages.at(-1);
  assert.ok(told?.role === 'tool' && /not valid JSON/.test(told.outcome.text));
});

test('an answer that reaches a bound is still given, since it is paid for', () => {
  const { state } = play(start(), { ...say('Dear.'), usage: { ...usage, cost: 5 } } as TurnInput);
  assert.equal(state.status, 'done');
});

test('an intent with all its values goes straight to a tool and never to a model', () => {
  const plan: Plan = {
    type: 'tool',
    call: { callId: 'f', tool: 'tasks_add', arguments: { text: 'call Bob' } },
    intent: 'reminder.create',
    candidates: [],
  };
  const { state, commands } = play(start(plan), decide({ f: 'allow' }), result('f', 'I will.'));
  assert.deepEqual(kinds(commands), ['policy-ask', 'tool-call', 'reply', 'turn-finish']);
  assert.equal(state.reply?.text, 'I will.');
});

test('words that arrive while it works are heard before the next answer', () => {
  const steer: TurnInput = { type: 'turn-steer', at: 2_050, text: 'in German please' };
  const { state, commands } = play(start(), steer, say('Hello.'));
  assert.deepEqual(kinds(commands), ['model-call', 'model-call']);
  assert.deepEqual(state.messages.at(-1), { role: 'user', text: 'in German please' });
});

test('a pending turn knows what to do again after a crash', () => {
  const state = replay([start(), call([['a', 'x']]), decide({ a: 'allow' })]);
  assert.ok(state);
  assert.deepEqual(kinds(pendingCommands(state, 5_000)), ['tool-call']);
  const first = replay([start()]);
  assert.ok(first);
  assert.deepEqual(kinds(pendingCommands(first, 5_000)), ['model-call']);
});

const anyInput: fc.Arbitrary<TurnInput> = fc.oneof(
  fc.integer({ min: 1_500, max: 90_000 }).map((at) => say('text', at)),
  fc.constant(say('')),
  fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('x', 'y')), {
      minLength: 1,
      maxLength: 4,
    })
    .map((calls) => call(calls)),
  fc
    .dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
    )
    .map(decide),
  fc.constantFrom('a', 'b', 'c', 'd').map((id) => result(id)),
  fc.record({
    type: fc.constant('approval-give' as const),
    at: fc.integer({ min: 2_000, max: 400_000 }),
    callId: fc.constantFrom('a', 'b', 'c'),
    approved: fc.boolean(),
  }),
  fc.constant<TurnInput>({ type: 'turn-steer', at: 2_000, text: 'more' }),
  fc.constant<TurnInput>({ type: 'turn-cancel', at: 2_000, reason: 'enough' }),
  fc
    .constantFrom('deadline' as const, 'approval' as const)
    .map((timer): TurnInput => ({ type: 'timer-fire', at: 9_000, timer })),
  fc.constant<TurnInput>({
    type: 'model-fail',
    at: 2_000,
    error: { code: 'MODEL_OVERLOADED', message: 'm', remedy: 'r', actor: 'operator' },
  }),
);

test('replaying any prefix of any record gives the state that was there at that point', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 30 }), (inputs) => {
      const record = [start(), ...inputs];
      let state: TurnState | undefined;
      for (const [index, input] of record.entries()) {
        ({ state } = advance(state, input));
        assert.deepEqual(replay(structuredClone(record.slice(0, index + 1))), state);
      }
    }),
  );
});

test('any record ends at most once, and then with exactly one reply', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
      const { state, commands } = play(start(), ...inputs, {
        type: 'turn-cancel',
        at: 500_000,
        reason: 'end of the test',
      });
      assert.ok(isFinal(state));
      assert.equal(kinds(commands).filter((kind) => kind === 'turn-finish').length, 1);
      assert.equal(kinds(commands).filter((kind) => kind === 'reply').length, 1);
      assert.equal(kinds(commands).at(-1), 'turn-finish');
    }),
    { numRuns: 500 },
  );
});

test('whatever happens, every call in the messages has its result behind it', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
      const cancel: TurnInput = { type: 'turn-cancel', at: 500_000, reason: 'end' };
      const { state } = play(start(), ...inputs, cancel);
      const results = state.messages.filter(({ role }) => role === 'tool').length;
      const calls = state.messages.flatMap((message) =>
        message.role === 'assistant'
          ? message.parts.filter(({ type }) => type === 'tool-call')
          : [],
      ).length;
      assert.equal(results, calls);
    }),
  );
});

test('a tool runs at most once per call, however inputs repeat', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
      let state: TurnState | undefined;
      const step0 = advance(undefined, start());
      state = step0.state;
      let open = new Set<string>();
      for (const input of inputs) {
        const step = advance(state, input);
        for (const command of step.commands) {
          if (command.type === 'policy-ask') open = new Set();
          if (command.type !== 'tool-call') continue;
          const { callId } = command.call;
          assert.ok(!open.has(callId) || duplicated(step.state, callId), callId);
          open.add(callId);
        }
        state = step.state;
      }
    }),
  );
});

/** A model may use one call id twice in one answer; each of those is a call of its own. */
function duplicated(state: TurnState, callId: string): boolean {
  return state.calls.filter(({ call: { callId: id } }) => id === callId).length > 1;
}

const resumed = (at: number, pausedMs: number): TurnInput => ({
  type: 'turn-resume',
  at,
  pausedMs,
});

test('time in which nothing ran spends none of a turn’s seconds, nor does a clock that was set', () => {
  const hour = 3_600_000;
  const later = play(start(), resumed(hour, hour - 1_000), call([['c1', 'a']], hour)).state;
  const asked = advance(advance(later, decide({ c1: 'allow' })).state, result('c1', 'ok', hour));
  assert.equal(asked.state.status, 'running', 'an hour is more than the budget has');
  const back = play(start(), resumed(-hour, -hour - 1_000), call([['c1', 'a']], -hour)).state;
  const late = advance(
    advance(back, decide({ c1: 'allow' })).state,
    result('c1', 'ok', 61_000 - hour),
  );
  assert.equal(late.state.reply?.error?.code, 'BUDGET_SECONDS', 'and none is given');
});
