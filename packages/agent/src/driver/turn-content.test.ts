import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saidIn, uniqueCalls } from './turn-content.ts';

test('calls of one answer get identifiers of their own, in order', () => {
  const call = { callId: 'same', tool: 'send', arguments: {} };
  const parts = uniqueCalls(
    [
      { type: 'text', text: 'both' },
      { type: 'tool-call', call },
      { type: 'tool-call', call },
    ],
    { turn: '01a204bd-f5f2-750e-80f1-9a2638be118d', step: 2 },
  );
  const ids = parts.flatMap((part) => (part.type === 'tool-call' ? [part.call.callId] : []));
  assert.deepEqual(ids, ['call_38be118d_2_1', 'call_38be118d_2_2']);
});

test('without a state nothing was said', () => {
  assert.deepEqual(saidIn(undefined), []);
});
