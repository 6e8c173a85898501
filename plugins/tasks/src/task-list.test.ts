import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTime } from '@opencomputer/plugin/time';
import type { Task } from './task.ts';
import { LINES_MAX, lineData, linesOf, listText } from './task-list.ts';

const timeZone = 'America/New_York';
const now = at('2026-11-22T15:10');
const present = { now, timeZone };

function at(text: string): number {
  return readTime(text, timeZone)?.instant ?? Number.NaN;
}

function task(id: string, time?: string, more: Partial<Task> = {}): Task {
  const when = time === undefined ? {} : { at: at(time) };
  return { id, text: `do ${id}`, createdAt: now, ...when, ...more };
}

const daily = {
  repeat: { rule: 'FREQ=DAILY', start: at('2026-11-22T20:00'), timeZone },
};

test('lines are in order of time, then the ones without', async () => {
  const lines = await linesOf(
    [task('c'), task('b', '2026-11-24T09:00'), task('a', '2026-11-23T09:00')],
    undefined,
  );
  assert.equal(
    await listText(lines, present),
    '**Reminders**\n- tomorrow (Mon 23 Nov) at 09:00: do a\n- Tue 24 Nov at 09:00: do b' +
      '\n\n**Tasks**\n- do c',
  );
});

test('a repeating task is shown at each of its times in a range', async () => {
  const range = { from: at('2026-11-24'), to: at('2026-11-26') };
  const lines = await linesOf([task('a', '2026-11-22T20:00', daily)], range);
  assert.deepEqual(
    lines.map((line) => lineData(line, timeZone)['at']),
    ['2026-11-24T20:00:00-05:00', '2026-11-25T20:00:00-05:00'],
  );
  assert.match(await listText(lines, present), /Tue 24 Nov at 20:00: do a \(every day\)/);
});

test('the end of a range is not in it, and done tasks are never shown', async () => {
  const range = { from: at('2026-11-23'), to: at('2026-11-24') };
  const lines = await linesOf(
    [
      task('midnight', '2026-11-24T00:00'),
      task('start', '2026-11-23T00:00'),
      task('done', '2026-11-23T09:00', { doneAt: now }),
    ],
    range,
  );
  assert.deepEqual(
    lines.map((line) => line.task.id),
    ['start'],
  );
});

test('what is late says so', async () => {
  const text = await listText(await linesOf([task('a', '2026-11-22T15:09')], undefined), present);
  assert.match(text, /today at 15:09 \(overdue\): do a/);
});

test('a long list is cut and says by how much', async () => {
  const many = Array.from({ length: LINES_MAX + 3 }, (_, index) => task(`t${index}`));
  const text = await listText(await linesOf(many, undefined), present);
  assert.match(text, /and 3 more\.$/);
  assert.equal(text.split('\n- ').length - 1, LINES_MAX);
});
