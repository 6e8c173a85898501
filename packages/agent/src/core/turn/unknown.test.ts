import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TurnInput } from '@opencomputer/contracts';
import { call as ask, decide, play, say, start } from './fixtures/inputs.ts';
import { decisionAbout, unknownWords } from './unknown.ts';

const call = {
  callId: 'call_1',
  tool: 'mail_send',
  arguments: { to: 'bob@example.org', copies: 2 },
};
const startedAt = Date.UTC(2026, 2, 29, 1, 30);

test('what is known of a call is said: tool, arguments, and when by the person’s own clock', () => {
  const words = unknownWords([{ call, at: startedAt }], 'Europe/Berlin');
  assert.match(words, /not known whether mail_send took effect/);
  assert.match(words, /started on 2026-03-29 at 03:30 with to: "bob@example.org", copies: 2\./);
  assert.match(words, /"do it again" or "leave it"/);
});

test('of several each is said, and words alone decide about none of them', () => {
  const other = { ...call, callId: 'call_2', tool: 'door_open', arguments: {} };
  const words = unknownWords(
    [
      { call, at: startedAt },
      { call: other, at: startedAt },
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
  assert.ok(unknownWords([{ call: long, at: startedAt }], 'UTC').length < 500);
  const { type, outcome, call: kept } = decisionAbout('turn-1', call);
  assert.deepEqual([type, outcome, kept], ['retry', 'turn-1/call_1', call]);
});

const lost = (callId: string, at = 2_200): TurnInput => ({
  type: 'tool-finish',
  at,
  callId,
  outcome: { status: 'unknown', text: 'It may have taken effect.' },
});

test('a call without a known outcome is said whatever the model says, and asked about next', () => {
  const before = [start(), ask([['c1', 'mail_send']]), decide({ c1: 'allow' })];
  const { state } = play(...before, lost('c1', 9_000), say('All is well.', 9_100));
  const { text = '', expectation } = state.reply ?? {};
  assert.match(text, /^All is well\.[^]*not known whether mail_send took effect/);
  assert.match(text, /1970-01-01 at 00:00/, 'it says when it was started');
  assert.deepEqual(
    [expectation?.type, expectation?.outcome, expectation?.call?.tool],
    ['retry', 'turn-1/c1', 'mail_send'],
  );
  const twice = play(...before, lost('c1'), lost('c1'), say('Well.')).state;
  assert.equal(twice.progress.unknown?.length, 1);
});

test('also a turn that fails or is cancelled says which calls have no known outcome', () => {
  const before = [start(), ask([['c1', 'mail_send']]), decide({ c1: 'allow' }), lost('c1')];
  const ends: TurnInput[] = [
    { type: 'turn-cancel', at: 3_000, reason: 'enough' },
    { type: 'timer-fire', at: 3_000, timer: 'deadline' },
  ];
  for (const end of ends) {
    assert.match(play(...before, end).state.reply?.text ?? '', /whether mail_send took effect/);
  }
});

test('several calls without a known outcome are all said, and no word decides about them', () => {
  const calls = ask([
    ['c1', 'mail_send'],
    ['c2', 'door_open'],
  ]);
  const allowed = decide({ c1: 'allow', c2: 'allow' });
  const { state } = play(start(), calls, allowed, lost('c1'), lost('c2'), say('Hm.'));
  assert.match(state.reply?.text ?? '', /mail_send[^]*door_open/);
  assert.equal(state.reply?.expectation, undefined);
});
