import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlotDeclaration } from '@opencomputer/contracts';
import type { Filling } from './filling.ts';
import { fillByLeadIn, fillByRest } from './free-slots.ts';
import { planSlots } from './slots.ts';
import { readTokens } from './tokens.ts';

const text: SlotDeclaration = { type: 'text', required: true, after: ['called'] };
const plan = planSlots({ text }, [
  'add {text} to my list',
  'put {text} on my list',
  'new item on my list {text}',
]);
const start = (words: string): Filling => ({ text: words, plan, slots: {}, used: [] });

test('text follows its lead-in and ends before its trailer', () => {
  const filling = start('now add two eggs to my list');
  assert.deepEqual(fillByLeadIn(filling, readTokens(filling.text)), {
    complete: true,
    embedded: false,
  });
  assert.equal(filling.slots['text']?.value, 'two eggs');
});

test('a declared lead-in counts after polite words', () => {
  const filling = start('make one called Eggs please');
  assert.ok(fillByLeadIn(filling, readTokens(filling.text)).complete);
  assert.equal(filling.slots['text']?.value, 'Eggs');
});

test('the one quoted text is the value', () => {
  const filling = start('stick "the eggs" somewhere');
  assert.ok(fillByLeadIn(filling, readTokens(filling.text)).complete);
  assert.equal(filling.slots['text']?.value, 'the eggs');
});

test('foreign words before the lead-in embed it', () => {
  const filling = start('Bob wants to add two eggs to my list');
  assert.ok(fillByLeadIn(filling, readTokens(filling.text)).embedded);
});

test('without a lead-in the rest is taken, without polite words and those of the request', () => {
  const filling = start('please get two eggs on my list');
  const tokens = readTokens(filling.text);
  assert.ok(!fillByLeadIn(filling, tokens).complete);
  fillByRest(filling, tokens);
  assert.equal(filling.slots['text']?.value, 'get two eggs');
});
