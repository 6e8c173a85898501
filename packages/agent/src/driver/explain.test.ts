import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan, TurnInput } from '@opencomputer/contracts';
import { explain } from './explain.ts';
import { message } from './fixtures/bench.ts';

const start = (plan: Plan): TurnInput => ({
  type: 'turn-start',
  at: 1,
  message: { ...message('wake me'), id: 'm', conversation: 'c', at: 1 },
  parsed: {
    kind: 'act',
    intent: 'reminder.create',
    confidence: 0.9,
    slots: {},
    missing: [],
    alternatives: [{ intent: 'reminder.create', score: 0.912 }],
    reason: 'sure',
  },
  plan,
  budget: { steps: 1, tokens: 1, seconds: 1, money: 1 },
});

const call = { callId: 'c1', tool: 'tasks_add', arguments: {} };
const usage = { inputTokens: 12, outputTokens: 3, cachedTokens: 0, cost: 0.000_12 };

/** Each kind of input with what its line must say. */
const cases: readonly (readonly [TurnInput, RegExp])[] = [
  [
    start({
      type: 'tool',
      call,
      intent: 'reminder.create',
      candidates: [{ plugin: 'tasks', tool: 'tasks_add', score: 1.5, reason: 'declared' }],
    }),
    /"wake me".*sure.*reminder\.create 0\.91.*straight to tasks_add.*tasks\/tasks_add 1\.50 \(declared\)/,
  ],
  [start({ type: 'model' }), /left to the model/],
  [start({ type: 'answer', text: 'No.' }), /without a model/],
  [
    start({
      type: 'question',
      text: 'When?',
      expectation: { type: 'slot', intent: 'reminder.create', slots: {} },
    }),
    /asked back: "When\?"/,
  ],
  [
    {
      type: 'model-finish',
      at: 1,
      parts: [],
      finish: 'stop',
      usage,
      model: 'gpt',
      promptHash: 'abcdef0123456789',
    },
    /gpt answered \(stop\): 12 tokens in, 3 out, 0\.000120 USD, prompt abcdef012345/,
  ],
  [
    {
      type: 'model-fail',
      at: 1,
      error: { code: 'MODEL_TIMEOUT', message: 'slow', remedy: '', actor: 'operator' },
    },
    /slow \[MODEL_TIMEOUT\]/,
  ],
  [
    {
      type: 'policy-decide',
      at: 1,
      decisions: [{ callId: 'c1', decision: 'ask', rule: 'ask', reason: 'it sends' }],
    },
    /c1: ask by ask \(it sends\)/,
  ],
  [
    { type: 'tool-finish', at: 1, callId: 'c1', outcome: { status: 'refused', text: 'no' } },
    /c1 ended: refused/,
  ],
  [
    { type: 'approval-give', at: 1, callId: 'c1', approved: false, reason: 'not now' },
    /said no \(not now\)/,
  ],
  [{ type: 'turn-steer', at: 1, text: 'be brief' }, /added: "be brief"/],
  [{ type: 'turn-cancel', at: 1, reason: 'enough' }, /cancelled: enough/],
  [{ type: 'timer-fire', at: 1, timer: 'deadline' }, /time is up: deadline/],
];

test('every kind of input has a line of its own, with its instant and its data', () => {
  const told = explain(cases.map(([input]) => input));
  assert.equal(new Set(cases.map(([{ type }]) => type)).size, 9);
  for (const [index, [input, pattern]] of cases.entries()) {
    const { at, name, text, data } = told[index] ?? {};
    assert.match(text ?? '', pattern);
    const { type, at: when, ...rest } = input;
    assert.deepEqual([at, name, data], [when, type, JSON.parse(JSON.stringify(rest))]);
  }
});
