import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEXT_CHARACTERS_MAX, makeNote, noteLine, noteName, noteText } from './note.ts';
import type { Note } from './note.ts';

const now = Date.UTC(2026, 10, 22, 14, 10);
const present = { now, timeZone: 'Europe/Berlin' };

function note(text: string, title?: string): Note {
  const made = makeNote({ text, ...(title === undefined ? {} : { title }) }, 'key', now);
  assert.ok(!('refusal' in made));
  return made;
}

test('a note keeps its lines and loses the space around them', () => {
  assert.equal(note('  one\n two \n').text, 'one\n two');
  assert.equal(note('x', ' a \n title ').title, 'a title');
  assert.equal(note('x', '  ').title, undefined);
});

test('empty and overlong texts are refused', () => {
  for (const text of [' \n ', 'x'.repeat(TEXT_CHARACTERS_MAX + 1)]) {
    assert.ok('refusal' in makeNote({ text }, 'key', now));
  }
});

test('a note is named by its title or its first words', () => {
  assert.equal(noteName(note('first\nsecond')), 'first second');
  assert.equal(noteName(note('text', 'Title')), 'Title');
  assert.equal(noteName(note('word '.repeat(40))).length, 80);
});

test('a long note is cut in a list and whole on its own', () => {
  const long = note('abc '.repeat(200), 'Long');
  assert.match(noteLine(long, present), /^- \*\*Long\*\*: abc .*…\s\(today\)$/);
  assert.ok(noteText(long, present).includes(long.text));
});

test('the day of a note is that of the zone', () => {
  const dayOf = (createdAt: number, timeZone = present.timeZone): string =>
    noteText({ ...note('x'), createdAt }, { now, timeZone });
  const late = Date.UTC(2026, 10, 21, 23, 30);
  assert.equal(dayOf(late), 'x\n(noted today)');
  assert.equal(dayOf(late, 'UTC'), 'x\n(noted yesterday)');
  assert.equal(dayOf(Date.UTC(2026, 8, 1, 12)), 'x\n(noted Tue 1 Sep)');
  assert.equal(dayOf(Date.UTC(2025, 0, 3, 12)), 'x\n(noted Fri 3 Jan 2025)');
});
