import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IntentResult } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { planFollowUp } from './followup.ts';
import { resolvePlan } from './resolver.ts';
import type { ResolveInput } from './resolver.ts';

function installed(plugin: string): InstalledIntent {
  return {
    plugin,
    aliases: [`${plugin} book`],
    declaration: {
      name: 'note.create',
      tool: `${plugin}_create`,
      description: 'Write a note',
      examples: [],
      slots: {
        text: { type: 'text', required: true, ask: 'What should it say?', after: [] },
        title: { type: 'text', required: false, after: [], argument: 'name' },
      },
      arguments: { kind: 'plain' },
      when: 'always',
    },
  };
}

function parsed(kind: IntentResult['kind'], text?: string): IntentResult {
  return {
    kind,
    intent: 'note.create',
    confidence: 0.9,
    slots: text === undefined ? {} : { text: { value: text, span: [0, text.length], text } },
    missing: text === undefined ? ['text'] : [],
    alternatives: [],
    reason: '',
  };
}

function input(change: Partial<ResolveInput>): ResolveInput {
  return {
    text: 'note: buy milk',
    parsed: parsed('act', 'buy milk'),
    intents: [installed('notes')],
    priors: {},
    modelConnected: false,
    callId: 'call',
    ...change,
  };
}

test('a sure and complete intent goes straight to the tool with its arguments', () => {
  const plan = resolvePlan(input({}));
  assert.ok(plan.type === 'tool');
  assert.deepEqual(plan.call, {
    callId: 'call',
    tool: 'notes_create',
    arguments: { kind: 'plain', text: 'buy milk' },
  });
});

test('without a model a missing value is asked for, and its answer completes the intent', () => {
  const plan = resolvePlan(input({ parsed: parsed('ask-slot') }));
  assert.ok(plan.type === 'question');
  assert.equal(plan.text, 'What should it say?');
  assert.deepEqual(plan.expectation, {
    type: 'slot',
    intent: 'note.create',
    slot: 'text',
    slots: {},
  });
});

test('a doubtful intent is confirmed without a model and left to the model when there is one', () => {
  const plan = resolvePlan(input({ parsed: parsed('confirm', 'x') }));
  assert.ok(plan.type === 'question' && plan.expectation.type === 'confirm');
  assert.equal(plan.expectation.slots['text']?.value, 'x');
  assert.deepEqual(resolvePlan(input({ parsed: parsed('confirm', 'x'), modelConnected: true })), {
    type: 'model',
  });
});

test('two plugins that fit alike are asked about, and a reply by name or place chooses', () => {
  const intents = [installed('notes'), installed('memo')];
  const plan = resolvePlan(input({ intents }));
  assert.ok(plan.type === 'question' && plan.expectation.type === 'choose');
  assert.match(plan.text, /notes or memo/);
  for (const [reply, tool] of [
    ['memo', 'memo_create'],
    ['the memo book please', 'memo_create'],
    ['the first one', 'notes_create'],
    ['2', 'memo_create'],
  ] as const) {
    const next = planFollowUp(plan.expectation, input({ intents, text: reply }));
    assert.ok(next?.type === 'tool', reply);
    assert.equal(next.call.tool, tool, reply);
  }
});

test('without a model and without an intent, one line says what is missing and how to get it', () => {
  const plan = resolvePlan(input({ parsed: parsed('unknown') }));
  assert.ok(plan.type === 'fail');
  assert.equal(plan.error.code, 'MODEL_MISSING');
  assert.match(plan.error.remedy, /OPENAI_API_KEY/);
  assert.ok(!plan.error.remedy.includes('\n'));
});

test('small talk is left to the model when there is one', () => {
  const base = installed('assistant');
  const greeting = { ...base, declaration: { ...base.declaration, when: 'no-model' as const } };
  const intents = [greeting];
  assert.equal(resolvePlan(input({ intents, modelConnected: true })).type, 'model');
  assert.equal(resolvePlan(input({ intents })).type, 'tool');
});
