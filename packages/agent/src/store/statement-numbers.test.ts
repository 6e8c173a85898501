import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatementNumbers } from './statement-numbers.ts';

test('a statement keeps its number and is told to the other side once', () => {
  const numbers = new StatementNumbers();
  assert.equal(numbers.numberOf('SELECT 1'), numbers.numberOf('SELECT 1'));
  assert.deepEqual(numbers.takeNews(), { learn: [[1, 'SELECT 1']], forget: [] });
  numbers.numberOf('SELECT 1');
  assert.deepEqual(numbers.takeNews(), { learn: [], forget: [] });
});

test('at most 500 are remembered: the one used longest ago goes, and comes back by a new number', () => {
  const numbers = new StatementNumbers();
  for (let index = 0; index < 500; index++) numbers.numberOf(`SELECT ${index}`);
  numbers.numberOf('SELECT 0');
  numbers.takeNews();
  numbers.numberOf('SELECT 500');
  assert.deepEqual(numbers.takeNews(), { learn: [[501, 'SELECT 500']], forget: [2] });
  assert.equal(numbers.numberOf('SELECT 0'), 1);
  assert.equal(numbers.numberOf('SELECT 1'), 502);
});
