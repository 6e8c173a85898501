import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlotDeclaration } from '@opencomputer/contracts';
import { answerSlot, confirmation, declines } from './answers.ts';
import { parseChronoDates } from './chrono-dates.ts';

const context = {
  now: Date.parse('2026-05-06T10:20:00Z'),
  timeZone: 'Europe/Berlin',
  parseDates: parseChronoDates,
};
const answer = (type: SlotDeclaration['type'], text: string) =>
  answerSlot({ type, required: true, after: [] }, text, context);

test('plain yes and no, and nothing else', () => {
  for (const text of ['yes', 'Yep!', 'ok', 'do it', ' yes please '])
    assert.equal(confirmation(text), 'yes');
  for (const text of ['no', 'Nope.', 'cancel', 'never mind', "don't"])
    assert.equal(confirmation(text), 'no');
  for (const text of ['yes, but later', 'nothing', 'okra'])
    assert.equal(confirmation(text), undefined);
});

test('a time is read from the answer, a bare figure as an hour', () => {
  assert.equal(answer('datetime', 'tomorrow at 9')?.value, '2026-05-07T09:00:00+02:00');
  assert.deepEqual(answer('datetime', '9'), {
    value: '2026-05-06T21:00:00+02:00',
    span: [0, 1],
    text: '9',
  });
  assert.equal(answer('datetime', 'whenever you like'), undefined);
});

test('free text is the whole answer, typed values are picked from it', () => {
  assert.deepEqual(answer('text', '  call Bob '), {
    value: 'call Bob',
    span: [2, 10],
    text: 'call Bob',
  });
  assert.equal(answer('number', 'about 12 I think')?.value, 12);
  assert.equal(answer('number', 'many'), undefined);
  assert.equal(answer('text', '   '), undefined);
});

test('a short reply that begins with no declines, a longer one is a message', () => {
  for (const text of ['no', 'Cancel that please', "don't", 'no thank you']) {
    assert.ok(declines(text), text);
  }
  for (const text of ['no one could say that this is short', 'notes', 'yes']) {
    assert.ok(!declines(text), text);
  }
});
