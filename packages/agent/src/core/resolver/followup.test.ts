import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expectation, IntentResult } from '@opencomputer/contracts';
import { planFollowUp } from './followup.ts';
import type { ResolveInput } from './resolver.ts';

const unknown: IntentResult = {
  kind: 'unknown',
  confidence: 0,
  slots: {},
  missing: [],
  alternatives: [],
  reason: '',
};
const expectation: Expectation = { type: 'slot', intent: 'note.create', slots: {} };
const input = (text: string, kind: IntentResult['kind'] = 'unknown'): ResolveInput => ({
  text,
  parsed: { ...unknown, kind },
  intents: [],
  priors: {},
  modelConnected: false,
  callId: 'c',
});

test('a short no leaves what was asked about', () => {
  for (const text of ['no', 'never mind', 'Cancel that please', "don't"]) {
    assert.equal(planFollowUp(expectation, input(text))?.type, 'answer', text);
  }
});

test('a long message or a clear command that begins with no is a new message', () => {
  const long = 'no one could say that this is rather a long story about something else';
  assert.equal(planFollowUp(expectation, input(long)), undefined);
  assert.equal(planFollowUp(expectation, input('cancel the dentist', 'act')), undefined);
});

test('of a call without a known outcome, doing it again and leaving it are said in few words', () => {
  const call = { callId: 'old', tool: 'mail_send', arguments: { to: 'bob' } };
  const lost: Expectation = { type: 'retry', intent: '', slots: {}, call, outcome: 't/old' };
  for (const text of [
    'do it again',
    'Try again.',
    'retry',
    'please send it again',
    'repeat that',
  ]) {
    const plan = planFollowUp(lost, input(text));
    assert.ok(plan?.type === 'tool', text);
    assert.deepEqual(
      plan.call,
      { ...call, callId: 'c' },
      'a new call, so that policy decides anew',
    );
    assert.deepEqual(plan.decides, { outcome: 't/old', how: 'retry' });
  }
  const left = planFollowUp(lost, input('leave it'));
  assert.deepEqual(left?.type === 'answer' && left.decides, { outcome: 't/old', how: 'drop' });
  for (const text of ['yes', 'send it again to Carla', 'what did you do again']) {
    assert.equal(planFollowUp(lost, input(text)), undefined, text);
  }
  assert.equal(planFollowUp(expectation, input('do it again')), undefined);
});
