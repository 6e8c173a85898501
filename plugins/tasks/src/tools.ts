// Owns the tools of this plugin over its one list of tasks. Refuses to act on a task that a person's
// words do not single out.

import type { CallContext, JsonObject, TimerChange, ToolOutcome } from '@opencomputer/contracts';
import { collection, tool } from '@opencomputer/plugin';
import type { Collection, CollectionChange, PluginTool } from '@opencomputer/plugin';
import { matchItems } from '@opencomputer/plugin/match';
import {
  DAY_MS,
  dayStart,
  dayText,
  isoTime,
  readTime,
  ruleText,
  timeText,
} from '@opencomputer/plugin/time';
import type { TimeRange } from '@opencomputer/plugin/time';
import { advance, makeTask } from './task.ts';
import type { Task, TaskRequest } from './task.ts';
import { LINES_MAX, lineData, lineText, linesOf, listText } from './task-list.ts';

export const TASKS_OPEN_MAX = 2_000;
const TASKS_DONE_MAX = 200;
const TIMERS_AT_ONCE = 100;

interface ListRequest {
  readonly kind?: 'reminders' | 'tasks' | 'all';
  readonly from?: string;
  readonly to?: string;
  /** `from` and `to` in one, as an intent gives it. */
  readonly range?: { readonly start?: string; readonly end?: string };
}

/** Every tool of the plugin. */
export const tools: readonly PluginTool[] = [
  tool('tasks_add', add),
  tool('tasks_list', list),
  tool('tasks_complete', (input, context) => settle(input, context, complete)),
  tool('tasks_remove', (input, context) => settle(input, context, remove)),
  tool('tasks_fired', fired),
  tool('tasks_timers', openTimers),
];

function tasksOf(context: CallContext): Collection<Task> {
  context.signal.throwIfAborted();
  return collection<Task>(context.storage, 'tasks');
}

async function add(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const task = await makeTask(input as unknown as TaskRequest, context.idempotencyKey, context);
  if ('refusal' in task) return { status: 'refused', text: task.refusal };
  const text = await addedText(task, context);
  return tasksOf(context).apply(context.idempotencyKey, (tasks) => {
    if (tasks.filter((each) => each.doneAt === undefined).length >= TASKS_OPEN_MAX) {
      return refused(`There are ${TASKS_OPEN_MAX} open tasks already; complete some first.`);
    }
    return {
      items: [...tasks, task],
      outcome: {
        status: 'done',
        text,
        data: lineData(lineOf(task), context.timeZone),
        timers: task.at === undefined ? [] : [timerOf(task)],
      },
    };
  });
}

async function addedText(task: Task, context: CallContext): Promise<string> {
  if (task.at === undefined) return `Added to your tasks: ${task.text}`;
  const when = timeText(task.at, context);
  if (task.repeat === undefined) return `I'll remind you ${when}: ${task.text}`;
  return `I'll remind you ${await ruleText(task.repeat.rule)}, first ${when}: ${task.text}`;
}

async function list(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const asked = input as unknown as ListRequest;
  const { kind = 'all' } = asked;
  const from = asked.from ?? asked.range?.start;
  const range = readRange(from, asked.to ?? asked.range?.end, context);
  if (range === 'unreadable') return { status: 'refused', text: 'I cannot read that time range.' };
  const tasks = await tasksOf(context).list();
  const lines = (await linesOf(tasks, range)).filter(
    (line) => kind !== 'reminders' || line.at !== undefined,
  );
  const text =
    lines.length === 0 ? emptyText(kind, range, context) : await listText(lines, context);
  const items = lines.slice(0, LINES_MAX).map((line) => lineData(line, context.timeZone));
  return { status: 'done', text, data: { items } };
}

function readRange(
  from: string | undefined,
  to: string | undefined,
  context: CallContext,
): TimeRange | undefined | 'unreadable' {
  if (from === undefined && to === undefined) return undefined;
  const start = readTime(from ?? isoTime(context.now, context.timeZone), context.timeZone);
  if (start === undefined) return 'unreadable';
  if (to === undefined) {
    return { from: start.instant, to: dayStart(start.instant, context.timeZone, 1) };
  }
  const end = readTime(to, context.timeZone);
  if (end === undefined) return 'unreadable';
  const last = end.dateOnly ? dayStart(end.instant, context.timeZone, 1) : end.instant;
  return { from: start.instant, to: Math.max(last, start.instant + 1) };
}

function emptyText(kind: string, range: TimeRange | undefined, context: CallContext): string {
  const what = kind === 'reminders' ? 'no reminders' : 'no open tasks or reminders';
  if (range === undefined) return `You have ${what}.`;
  const days = (range.to - range.from) / DAY_MS;
  const when = days <= 1.1 ? dayText(range.from, context) : 'in that time';
  return `You have ${what} ${when.startsWith('today') || days > 1.1 ? when : `for ${when}`}.`;
}

type Settle = (task: Task, context: CallContext) => Promise<{ next?: Task; text: string }>;

async function complete(task: Task, context: CallContext): Promise<{ next: Task; text: string }> {
  const next = await advance(task, context.now);
  if (next.doneAt !== undefined || next.at === undefined) {
    return { next, text: `Done: ${task.text}` };
  }
  return { next, text: `Done: ${task.text}. Next ${timeText(next.at, context)}.` };
}

function remove(task: Task): Promise<{ text: string }> {
  const kind = task.at === undefined ? 'task' : 'reminder';
  return Promise.resolve({ text: `Removed the ${kind}: ${task.text}` });
}

/** Finds the one open task that `query` means and puts `next` in its place, or takes it out. */
async function settle(
  input: JsonObject,
  context: CallContext,
  change: Settle,
): Promise<ToolOutcome> {
  const { query } = input as unknown as { readonly query: string };
  return tasksOf(context).apply(context.idempotencyKey, async (tasks) => {
    const open = tasks.filter((task) => task.doneAt === undefined);
    const { sure, near } = matchItems(open, query, (task) => task.text);
    const [task] = sure;
    if (task === undefined) return refused(await unmatchedText(tasks, near, { query, context }));
    if (sure.length > 1) {
      return refused(`Which one do you mean?\n${await choices(sure, context)}`);
    }
    const { next, text } = await change(task, context);
    const items = tasks.flatMap((each) => (each === task ? (next ?? []) : each));
    const timer = next?.doneAt === undefined && next?.at !== undefined ? next : undefined;
    return {
      items: withoutOldest(items),
      outcome: {
        status: 'done',
        text,
        data: { id: task.id },
        timers: task.at === undefined ? [] : [timer ? timerOf(timer) : { id: task.id }],
      },
    };
  });
}

async function unmatchedText(
  tasks: readonly Task[],
  near: readonly Task[],
  asked: { readonly query: string; readonly context: CallContext },
): Promise<string> {
  const { query, context } = asked;
  const done = tasks.filter((task) => task.doneAt !== undefined);
  const [before] = matchItems(done, query, (task) => task.text).sure;
  if (before?.doneAt !== undefined) {
    return `"${before.text}" was done already, ${timeText(before.doneAt, context)}.`;
  }
  const none = `I found no task or reminder "${query.slice(0, 100)}".`;
  return near.length === 0 ? none : `${none} Do you mean:\n${await choices(near, context)}`;
}

async function choices(tasks: readonly Task[], context: CallContext): Promise<string> {
  const repeated = new Set(tasks.map((task) => task.text)).size < tasks.length;
  const lines = await Promise.all(
    tasks.slice(0, 10).map((task) => lineText(lineOf(task), context)),
  );
  return lines
    .map((line, index) => `- ${line}${repeated ? ` [${tasks[index]?.id ?? ''}]` : ''}`)
    .join('\n');
}

async function fired(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { id } = input as unknown as { readonly id: string };
  return tasksOf(context).apply(context.idempotencyKey, async (tasks) => {
    const task = tasks.find((each) => each.id === id && each.doneAt === undefined);
    if (task?.at === undefined || task.at > context.now) {
      const timers = task?.at === undefined ? [] : [timerOf(task)];
      return { outcome: { status: 'done', text: 'Nothing is due.', timers } };
    }
    const next = await advance({ ...task, at: context.now }, context.now);
    const again = next.doneAt === undefined;
    return {
      items: withoutOldest(tasks.map((each) => (each === task ? next : each))),
      outcome: {
        status: 'done',
        text: `Reminder: ${task.text}`,
        data: lineData(lineOf(next), context.timeZone),
        timers: again ? [timerOf(next)] : [],
      },
    };
  });
}

/** A page of them, by id: the host takes a hundred timers with one outcome. */
async function openTimers(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { after = '' } = input as unknown as { readonly after?: string };
  const open = (await tasksOf(context).list()).filter(
    (task) => task.doneAt === undefined && task.at !== undefined && task.id > after,
  );
  const page = open.toSorted((one, other) => (one.id < other.id ? -1 : 1)).slice(0, TIMERS_AT_ONCE);
  const text = `${page.length} open reminders.`;
  return { status: 'done', text, timers: page.map((task) => timerOf(task)) };
}

/** Done tasks are kept for "was done already", the newest only. */
function withoutOldest(tasks: readonly Task[]): readonly Task[] {
  const done = tasks.filter((task) => task.doneAt !== undefined);
  const dropped = new Set(
    done.toSorted((one, other) => (other.doneAt ?? 0) - (one.doneAt ?? 0)).slice(TASKS_DONE_MAX),
  );
  return dropped.size === 0 ? tasks : tasks.filter((task) => !dropped.has(task));
}

function timerOf(task: Task): TimerChange {
  const at = task.at ?? 0;
  return { id: task.id, at, text: `Reminder: ${task.text}` };
}

function lineOf(task: Task): { task: Task; at?: number } {
  return task.at === undefined ? { task } : { task, at: task.at };
}

function refused(text: string): CollectionChange<Task> {
  return { outcome: { status: 'refused', text } };
}
