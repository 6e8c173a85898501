import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Text, visibleWidth } from '@earendil-works/pi-tui';
import type { Component } from '@earendil-works/pi-tui';
import { Screen } from './screen.ts';

const line = (text: string): Text => new Text(text, 0, 0);
const lines = (count: number, name: string): Component => ({
  render: () => Array.from({ length: count }, (_, index) => `${name} ${index}`),
  invalidate: () => undefined,
});

const screenOf = (size: { rows: number }): Screen =>
  new Screen(
    { live: line('live'), editor: line('editor'), footer: line('footer') },
    () => size.rows,
  );

const texts = (screen: Screen, width = 20): string[] =>
  screen.render(width).map((each) => each.trimEnd());

test('the transcript is above what is going on, the editor and the footer', () => {
  const screen = screenOf({ rows: 10 });
  screen.append(line('one'));
  const takeBack = screen.append(line('two'));
  assert.deepEqual(texts(screen), ['one', 'two', 'live', 'editor', 'footer']);
  takeBack();
  assert.deepEqual(texts(screen), ['one', 'live', 'editor', 'footer']);
  screen.close();
  assert.deepEqual(texts(screen), ['one']);
});

test('new entries do not change lines above them, so that they are added and not redrawn', () => {
  const screen = screenOf({ rows: 5 });
  screen.append(lines(20, 'a'));
  const before = texts(screen);
  screen.append(lines(20, 'b'));
  const after = texts(screen);
  assert.deepEqual(after.slice(0, 20), before.slice(0, 20));
  assert.equal(after.length, 43);
});

test('after a resize only one screen is drawn', () => {
  const size = { rows: 5 };
  const screen = screenOf(size);
  screen.append(lines(50, 'a'));
  assert.equal(texts(screen).length, 53);
  assert.deepEqual(texts(screen, 30), ['a 48', 'a 49', 'live', 'editor', 'footer']);
  size.rows = 4;
  assert.equal(texts(screen, 30).length, 4);
});

test('a change above the screen is answered by one screen, not by everything', () => {
  const screen = screenOf({ rows: 5 });
  const takeBack = screen.append(line('taken back'));
  screen.append(lines(50, 'a'));
  texts(screen);
  takeBack();
  assert.deepEqual(texts(screen), ['a 48', 'a 49', 'live', 'editor', 'footer']);
});

test('a long conversation is not kept line by line', () => {
  const screen = screenOf({ rows: 5 });
  let drawn = 0;
  for (let index = 0; index < 500; index += 1) {
    screen.append(lines(20, `entry ${index}`));
    drawn = Math.max(drawn, texts(screen).length);
  }
  assert.ok(drawn <= 2_020, String(drawn));
});

test('a line that is too wide is cut instead of ending the program', () => {
  const screen = screenOf({ rows: 5 });
  screen.append({
    render: () => ['漢'.repeat(30), '\u001b[1mx'.repeat(30)],
    invalidate: () => undefined,
  });
  for (const each of screen.render(20)) assert.ok(visibleWidth(each) <= 20);
});
