import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { message as request } from './fixtures/bench.ts';
import { messageBytesMax, toInput, toMessage } from './message.ts';

const clock = createFakeClock(Date.UTC(2026, 5, 1));
let ids = 0;
const given = { clock, identifier: (): string => `id-${(ids += 1)}` };

test('a request becomes a message with its own id, its time, and a conversation', () => {
  const { conversation: named, ...without } = request('hi');
  const message = toMessage(without, given);
  assert.equal(message.at, Date.UTC(2026, 5, 1));
  assert.notEqual(message.id, message.conversation);
  assert.equal(toMessage({ ...without, conversation: 'mine' }, given).conversation, 'mine');
  assert.equal(named, 'c1');
});

test('what was not said of a message is absent, not false', () => {
  const message = toMessage({ ...request('hi'), modelOnly: false }, given);
  assert.ok(!('modelOnly' in message) && !('folder' in message) && !('command' in message));
  const full = toMessage({ ...request('hi'), modelOnly: true, folder: '/a', command: 'ls' }, given);
  assert.deepEqual([full.modelOnly, full.folder, full.command], [true, '/a', 'ls']);
});

test('a message of nothing, or of space, is refused', () => {
  for (const text of ['', ' \n\t ', '\u00a0\u2003']) {
    assert.throws(() => toMessage(request(text), given), { code: 'INPUT_EMPTY' });
  }
});

test('the length is counted in bytes of UTF-8, up to the limit and not beyond', () => {
  const fits = 'é'.repeat(messageBytesMax / 2);
  assert.equal(toMessage(request(fits), given).text, fits);
  assert.throws(() => toMessage(request(`${fits}a`), given), {
    code: 'INPUT_TOO_LARGE',
    details: { bytes: messageBytesMax + 1, bytesMax: messageBytesMax },
  });
});

test('a time zone that does not exist is refused before anything is written', () => {
  for (const timeZone of ['', 'Mars/Olympus', 'Europe/Berlin; drop']) {
    assert.throws(() => toMessage(request('hi', { timeZone }), given), { code: 'INPUT_INVALID' });
  }
});

test('every action of a person is an input of the turn', () => {
  const base = { turn: 't', callId: 'c' };
  assert.deepEqual(toInput({ type: 'approve', ...base }, 5), {
    type: 'approval-give',
    at: 5,
    callId: 'c',
    approved: true,
  });
  assert.deepEqual(toInput({ type: 'deny', ...base, reason: 'no' }, 5), {
    type: 'approval-give',
    at: 5,
    callId: 'c',
    approved: false,
    reason: 'no',
  });
  assert.ok(!('reason' in toInput({ type: 'deny', ...base }, 5)));
  assert.deepEqual(toInput({ type: 'cancel', turn: 't', reason: 'x' }, 5), {
    type: 'turn-cancel',
    at: 5,
    reason: 'x',
  });
  assert.deepEqual(toInput({ type: 'steer', turn: 't', text: 'y' }, 5), {
    type: 'turn-steer',
    at: 5,
    text: 'y',
  });
});

test('words without words and words without end steer nothing', () => {
  const steer = (text: string) => () => toInput({ type: 'steer', turn: 't', text }, 5);
  for (const text of ['', ' \n\t']) assert.throws(steer(text), { code: 'INPUT_EMPTY' });
  assert.throws(steer('x'.repeat(messageBytesMax + 1)), { code: 'INPUT_TOO_LARGE' });
});
