// Owns the answers about a range of time: what takes place, and when the person is free. Refuses to
// fail when reminders cannot be had: the calendar answers without them and says so.

import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { clockText, dayStart, dayText, isoTime, readTime } from '@opencomputer/plugin/time';
import type { TimeRange } from '@opencomputer/plugin/time';
import { ENTRIES_MAX, agendaText, rangeText, whenText } from './agenda.ts';
import type { AgendaReminder } from './agenda.ts';
import { isOneDay, readDuration, readRange } from './asked-time.ts';
import type { Occurrence } from './event.ts';
import { freeWithin, meansDays, windowsOf } from './free-time.ts';
import type { Interval } from './free-time.ts';
import { eventData } from './new-event.ts';
import { occurrencesIn, refused } from './stored-event.ts';

const LENGTH_MS_DEFAULT = 30 * 60_000;
const SLOTS_MAX = 60;
const UNREADABLE = 'I cannot read that time. Say a day or a range, such as "tomorrow".';

/** Lists events and reminders of a range. */
export async function listEvents(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const range = readRange(input, context);
  if (range === undefined) return refused(UNREADABLE);
  const occurrences = await occurrencesIn(range, context);
  const { reminders, problem } = await remindersIn(range, context);
  const empty = occurrences.length + reminders.length === 0;
  const text = empty
    ? `There is nothing on your calendar ${emptyText(range, context)}.`
    : agendaText(occurrences, reminders, { range, present: context });
  const { timeZone } = context;
  return {
    status: 'done',
    text: problem ? `${text}\n\nYour reminders could not be read.` : text,
    data: {
      events: occurrences.slice(0, ENTRIES_MAX).map((each) => ({
        ...eventData(each.event, timeZone),
        start: isoTime(each.start, timeZone),
        end: isoTime(each.end, timeZone),
      })),
      reminders: reminders
        .slice(0, ENTRIES_MAX)
        .map(({ text: what, at }) => ({ text: what, at: isoTime(at, timeZone) })),
    },
  };
}

function emptyText(range: TimeRange, context: CallContext): string {
  const text = rangeText(range, context);
  return /^(?:today|tomorrow|yesterday|from)/.test(text) ? text : `on ${text}`;
}

/** Says when the person is free; in whole days from 09:00 to 18:00, and never before now. */
export async function findFree(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { now, timeZone } = context;
  const asked = readRange(input, context);
  if (asked === undefined) return refused(UNREADABLE);
  const { duration } = input as { readonly duration?: string };
  const length = duration === undefined ? LENGTH_MS_DEFAULT : readDuration(duration);
  if (length === undefined) return refused('I cannot read how long it should be.');
  if (asked.to <= now) return refused('That time has passed already.');
  const days = meansDays(asked);
  const windows = windowsOf(asked, timeZone)
    .map(({ from, to }) => ({ from: Math.max(from, soon(now)), to }))
    .filter(({ from, to }) => to > from);
  const occurrences = await occurrencesIn(asked, context);
  const timed = occurrences.filter((each) => !each.event.allDay);
  const busy = timed.map(({ start, end }) => ({ from: start, to: end }));
  const shortest = Math.min(length, days ? length : asked.to - asked.from);
  const free = freeWithin(windows, busy, shortest).slice(0, SLOTS_MAX);
  const text = days
    ? daysText(free, { asked, length }, context)
    : hoursText(free, { range: asked, timed, length }, context);
  const slots = free.map(({ from, to }) => ({
    from: isoTime(from, timeZone),
    to: isoTime(to, timeZone),
  }));
  return { status: 'done', text: text + wholeDays(occurrences, context), data: { slots } };
}

/** The next quarter of an hour: nobody plans for a time that is passing. */
function soon(now: number): number {
  const quarter = 15 * 60_000;
  return Math.ceil(now / quarter) * quarter;
}

function daysText(
  free: readonly Interval[],
  about: { readonly asked: TimeRange; readonly length: number },
  context: CallContext,
): string {
  const { timeZone } = context;
  const { asked, length } = about;
  const minutes = Math.round(length / 60_000);
  if (free.length === 0) {
    return `You have no ${minutes} minutes free ${emptyText(asked, context)} (09:00–18:00).`;
  }
  const times = (part: readonly Interval[]): string =>
    part
      .map(({ from, to }) => `${clockText(from, timeZone)}–${clockText(to, timeZone)}`)
      .join(', ');
  if (isOneDay(asked, timeZone)) {
    return `You are free ${emptyText(asked, context)}: ${times(free)}.`;
  }
  const byDay = Map.groupBy(free, ({ from }) => dayStart(from, timeZone));
  const lines = [...byDay].map(([day, part]) => `- ${dayText(day, context)}: ${times(part)}`);
  return `You are free:\n${lines.join('\n')}`;
}

function hoursText(
  free: readonly Interval[],
  about: { readonly range: TimeRange; readonly timed: readonly Occurrence[]; length: number },
  context: CallContext,
): string {
  const { range, timed } = about;
  const when = rangeText(range, context);
  const taken = timed.filter((each) => each.end > each.start && each.end > context.now);
  if (taken.length === 0) return `Yes, you are free ${emptyText(range, context)}.`;
  const names = taken.map(
    (each) => `- ${whenText({ ...each, allDay: false }, context)}: ${each.event.title}`,
  );
  const rest = free.map(
    ({ from, to }) => `${clockText(from, context.timeZone)}–${clockText(to, context.timeZone)}`,
  );
  const left = rest.length === 0 ? '' : `\nFree then: ${rest.join(', ')}.`;
  return `No, not all of ${when}:\n${names.join('\n')}${left}`;
}

function wholeDays(occurrences: readonly Occurrence[], context: CallContext): string {
  const names = occurrences
    .filter((each) => each.event.allDay)
    .map((each) => `${each.event.title} (${whenText({ ...each, allDay: true }, context)})`);
  return names.length === 0 ? '' : `\nAlso on your calendar: ${names.slice(0, 5).join('; ')}.`;
}

/** Reminders come from whichever plugin provides `tasks`; without one there are none. */
async function remindersIn(
  range: TimeRange,
  context: CallContext,
): Promise<{ readonly reminders: readonly AgendaReminder[]; readonly problem: boolean }> {
  const { timeZone } = context;
  const outcome = await context.call('tasks', 'list', {
    kind: 'reminders',
    from: isoTime(range.from, timeZone),
    to: isoTime(range.to, timeZone),
  });
  if (outcome.status !== 'done') {
    const absent = outcome.status === 'failed' && outcome.code === 'SERVICE_UNKNOWN';
    return { reminders: [], problem: !absent };
  }
  const data = outcome.data as { readonly items?: unknown } | undefined;
  const items: readonly unknown[] = Array.isArray(data?.items) ? data.items : [];
  return { reminders: items.flatMap((item) => reminderOf(item, timeZone)), problem: false };
}

/** Another plugin's data: what is not a reminder is left out. */
function reminderOf(item: unknown, timeZone: string): readonly AgendaReminder[] {
  const { text, at } = (item ?? {}) as { readonly text?: unknown; readonly at?: unknown };
  if (typeof text !== 'string' || typeof at !== 'string') return [];
  const read = readTime(at, timeZone);
  return read === undefined ? [] : [{ text: text.slice(0, 500), at: read.instant }];
}
