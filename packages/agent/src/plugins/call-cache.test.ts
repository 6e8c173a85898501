import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolOutcome } from '@opencomputer/contracts';
import { CallCache } from './call-cache.ts';
import type { CacheQuestion } from './call-cache.ts';

const question: CacheQuestion = {
  release: 'weather@1.0.0',
  tool: 'weather_read',
  input: { place: 'Oslo', days: 3 },
  person: 'ada',
  folders: [],
  timeZone: 'Europe/Oslo',
};
const done = (text: string): ToolOutcome => ({ status: 'done', text });

function cacheAt(): { cache: CallCache; time: { now: number } } {
  const time = { now: 0 };
  const clock = { now: () => time.now, monotonic: () => time.now, after: () => () => undefined };
  return { cache: new CallCache(clock), time };
}

test('an equal question has the same answer until its time is over', () => {
  const { cache, time } = cacheAt();
  cache.set(question, done('rain'), 1_000);
  time.now = 999;
  assert.deepEqual(cache.get({ ...question, input: { days: 3, place: 'Oslo' } }), done('rain'));
  time.now = 1_000;
  assert.equal(cache.get(question), undefined);
});

test('another person, place, release, folder or zone is another question', () => {
  const { cache } = cacheAt();
  cache.set(question, done('rain'), 1_000);
  const others: readonly Partial<CacheQuestion>[] = [
    { person: 'bob' },
    { input: { place: 'Rome', days: 3 } },
    { release: 'weather@2.0.0' },
    { folders: ['/home/ada'] },
    { timeZone: 'Asia/Tokyo' },
    { tool: 'weather_list' },
  ];
  for (const other of others) assert.equal(cache.get({ ...question, ...other }), undefined);
});

test('failures, refusals, timers and large results are not kept', () => {
  const { cache } = cacheAt();
  const outcomes: readonly ToolOutcome[] = [
    { status: 'failed', text: 'no', code: 'TOOL_FAILED' },
    { status: 'refused', text: 'no' },
    { status: 'unknown', text: 'no' },
    { status: 'done', text: 'yes', timers: [{ id: 'one', at: 5 }] },
    done('x'.repeat(300_000)),
  ];
  for (const outcome of outcomes) {
    cache.set(question, outcome, 1_000);
    assert.equal(cache.get(question), undefined);
  }
});

test('the least recently used go first when there are too many or they are too large', () => {
  const { cache } = cacheAt();
  const at = (day: number): CacheQuestion => ({ ...question, input: { day } });
  for (let day = 0; day < 500; day += 1) cache.set(at(day), done('rain'), 1_000);
  cache.get(at(0));
  cache.set(at(500), done('rain'), 1_000);
  assert.deepEqual([cache.get(at(0)), cache.get(at(1))], [done('rain'), undefined]);
  for (let day = 1_000; day < 1_050; day += 1) cache.set(at(day), done('x'.repeat(190_000)), 1_000);
  assert.equal(cache.get(at(0)), undefined);
  assert.notEqual(cache.get(at(1_049)), undefined);
});
