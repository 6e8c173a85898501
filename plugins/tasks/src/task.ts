// Owns a task: what is to be done and when, if it has a time. Refuses times that have passed and
// rules that are not kept.

import { createHash } from 'node:crypto';
import {
  dayStart,
  firstFrom,
  instantOf,
  readRule,
  readTime,
  wallTime,
} from '@opencomputer/plugin/time';
import type { Present, Recurrence } from '@opencomputer/plugin/time';

/** Something to be done; with `at` it is a reminder. Times are milliseconds since the Unix epoch. */
export interface Task {
  readonly id: string;
  readonly text: string;
  readonly createdAt: number;
  /** When the person is reminded next. */
  readonly at?: number;
  readonly repeat?: Recurrence;
  readonly doneAt?: number;
}

/** What a person asks for. */
export interface TaskRequest {
  readonly text: string;
  readonly at?: string;
  readonly repeat?: string;
}

export const TEXT_CHARACTERS_MAX = 2_000;
const MORNING_HOUR = 9;
const LATE_MS_MAX = 60_000;
const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 4 * QUARTER_MS;

/** The task of a request, or why there is none. Equal keys make equal ids. */
export async function makeTask(
  request: TaskRequest,
  key: string,
  present: Present,
): Promise<Task | { readonly refusal: string }> {
  const text = request.text.trim().replaceAll(/\s+/g, ' ').slice(0, TEXT_CHARACTERS_MAX);
  if (text === '') return { refusal: 'What should I note down? The task has no text.' };
  const id = createHash('sha256').update(key).digest('hex').slice(0, 12);
  const task = { id, text, createdAt: present.now };
  if (request.repeat !== undefined) return repeating(task, request, present);
  if (request.at === undefined) return task;
  const at = readAt(request.at, present);
  if (at === undefined) return { refusal: unreadable(request.at) };
  if (at < present.now - LATE_MS_MAX) {
    return { refusal: `That time has passed already. When should I remind you to ${text}?` };
  }
  return { ...task, at };
}

/** The task when its time has come, or it was done, at an instant: its next time, or done. */
export async function advance(task: Task, instant: number): Promise<Task> {
  const after = Math.max(instant, task.at ?? instant) + 1;
  const next = task.repeat === undefined ? undefined : await firstFrom(task.repeat, after);
  return next === undefined ? { ...task, doneAt: instant } : { ...task, at: next };
}

async function repeating(
  task: Task,
  request: TaskRequest,
  present: Present,
): Promise<Task | { readonly refusal: string }> {
  const rule = readRule(request.repeat ?? '');
  if (rule === undefined) {
    return { refusal: 'I cannot repeat it like that. Say for example "every Monday at 9".' };
  }
  const start =
    request.at === undefined ? morning(present.now, present) : readStart(request.at, present);
  if (start === undefined) return { refusal: unreadable(request.at ?? '') };
  const repeat = { rule, start, timeZone: present.timeZone };
  const at = await firstFrom(repeat, Math.max(start, present.now));
  if (at === undefined) return { refusal: 'That never comes round. When should it repeat?' };
  return { ...task, at, repeat };
}

/** A day without a time means its morning, or soon when the morning has passed. */
function readAt(text: string, present: Present): number | undefined {
  const read = readTime(text, present.timeZone);
  if (read === undefined || !read.dateOnly) return read?.instant;
  const at = morning(read.instant, present);
  const today = dayStart(present.now, present.timeZone) === read.instant;
  if (!today || at >= present.now) return at;
  return Math.ceil((present.now + HOUR_MS) / QUARTER_MS) * QUARTER_MS;
}

function readStart(text: string, present: Present): number | undefined {
  const read = readTime(text, present.timeZone);
  return read?.dateOnly === true ? morning(read.instant, present) : read?.instant;
}

function morning(instant: number, present: Present): number {
  const { year, month, day } = wallTime(instant, present.timeZone);
  const wall = { year, month, day, hour: MORNING_HOUR, minute: 0, second: 0 };
  return instantOf(wall, present.timeZone);
}

function unreadable(text: string): string {
  return `I cannot read the time "${text.slice(0, 60)}". When should it be?`;
}
