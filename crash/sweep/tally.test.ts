import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CycleResult } from './cycle.ts';
import type { Point } from './plan.ts';
import { percentile, Tally } from './tally.ts';

const point: Point = {
  name: 'story/main/write/1/kill-before',
  phase: 'story',
  thread: 'main',
  fault: { call: 'write', effect: 'kill-before', at: 1 },
};
const sums = { accepted: 3, completed: 2, failed: 0, pending: 1, unknown: 1, shownAgain: 0 };
const result: CycleResult = {
  name: point.name,
  hit: true,
  kills: 1,
  readyMs: [400],
  account: { ...sums, violations: [] },
  complaints: '',
};

test('kills are counted by system call, and the identity is summed', () => {
  const tally = new Tally([{ phase: 'story', thread: 'main', call: 'write', count: 5 }], [point]);
  tally.add(result, point);
  const text = tally.lines().join('\n');
  assert.match(text, /^write +1 +1 +0 +0 +0$/m);
  assert.match(text, /kill points there are: 10; planned here, with errors: 1/);
  assert.match(text, /accepted 3 = completed 2 \+ failed 0 \+ pending 1/);
  assert.equal(tally.isClean(), true);
  const figures = new Map(tally.figures());
  const calls = '10; killed before 1, after 0, failed 0, not reached 0';
  assert.equal(figures.get('kill points at write'), calls);
  assert.equal(figures.get('kill to ready p50/p95'), '400/400 ms (bar 2000 ms)');
});

test('a violation, a broken run and a slow start are no clean sweep', () => {
  const violation = { assertion: 'effect-once', text: 'twice' } as const;
  const violated = new Tally([], []);
  violated.add({ ...result, account: { ...sums, violations: [violation] } }, point);
  assert.equal(violated.isClean(), false);
  assert.equal(new Map(violated.figures()).get('doubled'), 1);
  assert.equal(new Map(violated.figures()).get('lost'), 0);
  const slow = new Tally([], []);
  slow.add({ ...result, readyMs: [2_001] }, point);
  assert.equal(slow.isClean(), false);
  const broken = new Tally([], []);
  broken.broken.push('anything');
  assert.equal(broken.isClean(), false);
});

test('a disk after which nothing works without a restart is no clean sweep', () => {
  const error: Point = { ...point, fault: { call: 'fsync', effect: 'EIO', at: 1 } };
  const stuck = new Tally([], [error]);
  stuck.add(result, error);
  assert.equal(stuck.isClean(), false);
  const works = new Tally([], [error]);
  works.add({ ...result, againMs: 900 }, error);
  assert.equal(works.isClean(), true);
});

test('a percentile is one of the values', () => {
  assert.equal(percentile([], 0.5), 0);
  assert.equal(percentile([3, 1, 2], 0.5), 2);
  assert.equal(percentile([3, 1, 2], 0.95), 3);
});
