import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayTake, Shares } from './share.ts';

function fill(shares: Shares, name: string): number {
  let count = 0;
  for (; shares.mayTake(name); count += 1) shares.take(name);
  return count;
}

test('one alone gets two thirds, and whoever comes next finds places', () => {
  const shares = new Shares(300);
  assert.equal(fill(shares, 'noisy'), 200);
  assert.ok(fill(shares, 'next') >= 60);
  assert.ok(fill(shares, 'third') >= 15);
  assert.ok(shares.taken < 300);
});

test('a place that is given back can be taken again, by anybody', () => {
  const shares = new Shares(3);
  assert.equal(fill(shares, 'a'), 2);
  shares.give('a');
  assert.ok(shares.mayTake('b'));
  shares.take('b');
  shares.give('b');
  assert.ok(shares.mayTake('a'));
  assert.equal(shares.taken, 1);
});

test('of the last place nobody is kept who has none, and of no place anybody', () => {
  assert.equal(mayTake(0, 9, 10), true);
  assert.equal(mayTake(2, 9, 10), false);
  assert.equal(mayTake(0, 10, 10), false);
});
