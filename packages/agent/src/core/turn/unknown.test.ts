import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionAbout, unknownWords } from './unknown.ts';

const call = {
  callId: 'call_1',
  tool: 'mail_send',
  arguments: { to: 'bob@example.org', copies: 2 },
};
const at = Date.UTC(2026, 2, 29, 1, 30);

test('what is known of a call is said: tool, arguments, and when by the person’s own clock', () => {
  const words = unknownWords([{ call, at }], 'Europe/Berlin');
  assert.match(words, /not known whether mail_send took effect/);
  assert.match(words, /started on 2026-03-29 at 03:30 with to: "bob@example.org", copies: 2\./);
  assert.match(words, /"do it again" or "leave it"/);
});

test('of several each is said, and words alone decide about none of them', () => {
  const other = { ...call, callId: 'call_2', tool: 'door_open', arguments: {} };
  const words = unknownWords(
    [
      { call, at },
      { call: other, at },
    ],
    'UTC',
  );
  assert.match(
    words,
    /mail_send[^]*door_open took effect. It was started on 2026-03-29 at 01:30\./,
  );
  assert.doesNotMatch(words, /do it again/);
});

test('a long argument is cut, and the decision names turn and call', () => {
  const long = { ...call, arguments: { text: 'x'.repeat(5_000) } };
  assert.ok(unknownWords([{ call: long, at }], 'UTC').length < 500);
  const { type, outcome, call: kept } = decisionAbout('turn-1', call);
  assert.deepEqual([type, outcome, kept], ['retry', 'turn-1/call_1', call]);
});
