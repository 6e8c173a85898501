import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotType } from '@opencomputer/contracts';
import type { SlotDeclaration } from '@opencomputer/contracts';
import { expandExample } from './fillers.ts';
import { seededRandom } from './random.ts';

test('every slot type has fillers, and no placeholder is left', () => {
  for (const type of slotType.options) {
    const slot: SlotDeclaration = {
      type,
      required: false,
      after: [],
      values: { high: ['urgent'] },
    };
    const text = expandExample('set {a} and {a}', { a: slot }, seededRandom(1));
    assert.match(text, /^set \S.* and \S/);
    assert.doesNotMatch(text, /[{}]/);
  }
});

test('an undeclared slot is free text, and text without slots is unchanged', () => {
  assert.doesNotMatch(expandExample('add {thing}', {}, seededRandom(1)), /[{}]/);
  assert.equal(expandExample('add it', {}, seededRandom(1)), 'add it');
});
