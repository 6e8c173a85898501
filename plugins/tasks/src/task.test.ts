import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoTime } from '@opencomputer/plugin/time';
import { advance, makeTask } from './task.ts';
import type { Task, TaskRequest } from './task.ts';

const timeZone = 'Europe/Berlin';
/** Sunday 22 November 2026, 15:10 in Berlin. */
const now = Date.UTC(2026, 10, 22, 14, 10);

async function made(request: Omit<TaskRequest, 'text'>, at = now): Promise<Task> {
  const task = await makeTask({ text: 'call Bob', ...request }, 'key', { now: at, timeZone });
  assert.ok(!('refusal' in task), JSON.stringify(task));
  return task;
}

async function refusal(request: Partial<TaskRequest>): Promise<string> {
  const task = await makeTask({ text: 'call Bob', ...request }, 'key', { now, timeZone });
  assert.ok('refusal' in task, JSON.stringify(task));
  return task.refusal;
}

function local(task: Task): string {
  return task.at === undefined ? '' : isoTime(task.at, timeZone).slice(0, 16);
}

test('equal keys make equal ids', async () => {
  assert.equal((await made({})).id, (await made({})).id);
  const other = await makeTask({ text: 'call Bob' }, 'other', { now, timeZone });
  assert.ok(!('refusal' in other) && other.id !== (await made({})).id);
});

test('a day without a time means its morning', async () => {
  assert.equal(local(await made({ at: '2026-11-23' })), '2026-11-23T09:00');
});

test('today without a time is soon when the morning has passed', async () => {
  assert.equal(local(await made({ at: '2026-11-22' })), '2026-11-22T16:15');
  assert.equal(
    local(await made({ at: '2026-11-22' }, Date.UTC(2026, 10, 22, 5))),
    '2026-11-22T09:00',
  );
});

test('what repeats starts at its first fitting time', async () => {
  const monday = await made({ at: '2026-11-22T08:00', repeat: 'FREQ=WEEKLY;BYDAY=MO' });
  assert.equal(local(monday), '2026-11-23T08:00');
  assert.equal(local(await made({ repeat: 'FREQ=DAILY' })), '2026-11-23T09:00');
  assert.equal(
    local(await made({ repeat: 'FREQ=DAILY;BYHOUR=20;BYMINUTE=30' })),
    '2026-11-22T20:30',
  );
});

test('a task that repeats goes on to its next time and one that does not is done', async () => {
  const daily = await made({ at: '2026-11-23T09:00', repeat: 'FREQ=DAILY' });
  assert.equal(local(await advance(daily, now)), '2026-11-24T09:00');
  const overslept = await advance(daily, Date.UTC(2026, 10, 30, 12));
  assert.equal(local(overslept), '2026-12-01T09:00');
  assert.equal((await advance(await made({ at: '2026-11-23T09:00' }), now)).doneAt, now);
  const last = await made({ at: '2026-11-23T09:00', repeat: 'FREQ=DAILY;COUNT=1' });
  assert.equal((await advance(last, now)).doneAt, now);
});

test('what cannot be kept is refused with what to say instead', async () => {
  assert.match(await refusal({ text: '   ' }), /no text/);
  assert.match(await refusal({ at: '2026-11-22T09:00' }), /has passed/);
  assert.match(await refusal({ at: 'soon' }), /cannot read the time "soon"/);
  assert.match(await refusal({ repeat: 'FREQ=SECONDLY' }), /every Monday/);
  assert.match(await refusal({ repeat: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }), /never/);
});

test('a time that passed within the minute is kept, since saying it took that long', async () => {
  const at = new Date(now - 30_000).toISOString();
  assert.equal((await made({ at })).at, now - 30_000);
});
