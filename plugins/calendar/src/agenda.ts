// Owns how events and reminders read in an answer: one day after the other, in short Markdown.
// Refuses to choose what is shown: it writes what it is given.

import { clockText, dayStart, dayText, daysBetween } from '@opencomputer/plugin/time';
import type { Present, TimeRange } from '@opencomputer/plugin/time';
import { isOneDay } from './asked-time.ts';
import type { Occurrence } from './event.ts';

/** A reminder that is shown among the events; `at` in milliseconds since the Unix epoch. */
export interface AgendaReminder {
  readonly text: string;
  readonly at: number;
}

export const ENTRIES_MAX = 100;

/** When something takes place: `tomorrow (Mon 23 Nov), 10:00–11:00`. */
export function whenText(
  times: Pick<Occurrence, 'start' | 'end'> & { readonly allDay: boolean },
  present: Present,
): string {
  const { start, end, allDay } = times;
  const { timeZone } = present;
  const days = daysBetween(start, Math.max(start, end - 1), timeZone);
  const first = dayText(start, present);
  if (allDay) return days === 0 ? `${first}, all day` : `${first} to ${dayText(end - 1, present)}`;
  const from = clockText(start, timeZone);
  if (end === start) return `${first} at ${from}`;
  const to = clockText(end, timeZone);
  if (days === 0) return `${first}, ${from}–${to}`;
  return `${first} ${from} to ${dayText(end, present)} ${to}`;
}

/** A range in words: `tomorrow (Mon 23 Nov)`, `from today to Sat 28 Nov`. */
export function rangeText(range: TimeRange, present: Present): string {
  const { timeZone } = present;
  if (isOneDay(range, timeZone)) return dayText(range.from, present);
  const days = daysBetween(range.from, range.to - 1, timeZone);
  if (days === 0) {
    const [from, to] = [range.from, range.to].map((at) => clockText(at, timeZone));
    return `${dayText(range.from, present)}, ${from ?? ''}–${to ?? ''}`;
  }
  return `from ${dayText(range.from, present)} to ${dayText(range.to - 1, present)}`;
}

interface Entry {
  readonly at: number;
  readonly line: string;
}

/** Events and reminders of a range, day by day; days with nothing are left out. */
export function agendaText(
  occurrences: readonly Occurrence[],
  reminders: readonly AgendaReminder[],
  shown: { readonly range: TimeRange; readonly present: Present },
): string {
  const { range, present } = shown;
  const entries: readonly Entry[] = [
    ...occurrences.map((each) => eventEntry(each, range, present)),
    ...reminders.map(({ at, text }) => ({
      at,
      line: `${clockText(at, present.timeZone)} ${text} (reminder)`,
    })),
  ].toSorted((one, other) => one.at - other.at);
  const days = Map.groupBy(entries.slice(0, ENTRIES_MAX), ({ at }) =>
    dayStart(at, present.timeZone),
  );
  const sections = [...days].map(([day, part]) => {
    const title = dayText(day, present);
    const lines = part.map(({ line }) => `- ${line}`).join('\n');
    return `**${title.charAt(0).toUpperCase()}${title.slice(1)}**\n${lines}`;
  });
  const hidden = entries.length - ENTRIES_MAX;
  return [...sections, ...(hidden > 0 ? [`and ${hidden} more.`] : [])].join('\n\n');
}

/** What began before the range stands on its first day, with the day on which it ends. */
function eventEntry(occurrence: Occurrence, range: TimeRange, present: Present): Entry {
  const { event, start, end } = occurrence;
  const { timeZone } = present;
  const at = Math.max(start, range.from);
  const name = event.where === undefined ? event.title : `${event.title} (${event.where})`;
  const lastDay = daysBetween(at, Math.max(start, end - 1), timeZone);
  if (event.allDay) {
    const until = lastDay > 0 ? ` to ${dayText(end - 1, present)}` : '';
    return { at, line: `all day${until}: ${name}` };
  }
  const from = start < range.from ? 'until ' : `${clockText(start, timeZone)}–`;
  const to =
    lastDay > 0 ? `${dayText(end, present)} ${clockText(end, timeZone)}` : clockText(end, timeZone);
  const time = end === start ? clockText(start, timeZone) : `${from}${to}`;
  return { at, line: `${time} ${name}` };
}
