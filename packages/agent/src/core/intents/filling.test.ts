import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStated, overlaps, textOf } from './filling.ts';
import type { Filling } from './filling.ts';
import { planSlots } from './slots.ts';
import { readTokens } from './tokens.ts';

const filling = (text: string, used: [number, number][] = []): Filling => ({
  text,
  plan: planSlots({}, []),
  slots: {},
  used,
});

test('spans overlap when they share a character', () => {
  assert.ok(overlaps([0, 2], [1, 3]));
  assert.ok(!overlaps([0, 2], [2, 3]));
});

test('a subject without a modal verb states, with one it asks', () => {
  const stated = (text: string): boolean => isStated(readTokens(text), readTokens(text).length);
  assert.ok(stated('i'));
  assert.ok(stated('today we'));
  assert.ok(stated('the'));
  assert.ok(!stated('can we'));
  assert.ok(!stated('please'));
});

test('text is tidied at its edges and keeps the words between as they were written', () => {
  const text = 'note: Buy 2 kg (ripe) Mangos!!, please.';
  const tokens = readTokens(text);
  assert.equal(textOf(filling(text), tokens, [1, 6])?.value, 'Buy 2 kg (ripe) Mangos');
});

test('what slots of time used is left out of the value, not of the span', () => {
  const text = 'call Bob tomorrow about rent';
  const value = textOf(filling(text, [[9, 17]]), readTokens(text), [0, 5]);
  assert.deepEqual(value, { value: 'call Bob about rent', span: [0, 28], text });
});

test('a value that is wholly quoted loses its marks', () => {
  const text = 'add “the big one” now';
  assert.equal(textOf(filling(text), readTokens(text), [1, 4])?.value, 'the big one');
});
