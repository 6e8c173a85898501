import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expectation, IntentResult } from '@opencomputer/contracts';
import { planFollowUp } from './followup.ts';

const unknown: IntentResult = {
  kind: 'unknown',
  confidence: 0,
  slots: {},
  missing: [],
  alternatives: [],
  reason: '',
};
const expectation: Expectation = { type: 'confirm', intent: 'note.create', slots: {} };

test('a long message that begins with yes or no is a new message, not an answer', () => {
  const input = { parsed: unknown, intents: [], priors: {}, modelConnected: false, callId: 'c' };
  for (const word of ['yes', 'no']) {
    const text = `${word} one could say that this is rather a long story about something else`;
    assert.equal(planFollowUp(expectation, { ...input, text }, undefined), undefined);
  }
});
