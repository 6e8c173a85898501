// Owns putting an event into the calendar. Refuses times that cannot be read, events that end before
// they start, and rules that are not kept.

import { createHash } from 'node:crypto';
import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import {
  dayStart,
  daysBetween,
  firstFrom,
  isoTime,
  readRule,
  readTime,
  ruleText,
} from '@opencomputer/plugin/time';
import type { GivenTime, Present } from '@opencomputer/plugin/time';
import { whenText } from './agenda.ts';
import { readDuration } from './asked-time.ts';
import type { CalendarEvent, Occurrence } from './event.ts';
import { EVENTS_MAX, eventsOf, occurrencesWithin, refused, storeEvent } from './stored-event.ts';

interface NewEvent {
  readonly title: string;
  readonly start: string;
  readonly end?: string;
  readonly duration?: string;
  readonly where?: string;
  readonly repeat?: string;
}

const TITLE_CHARACTERS_MAX = 500;
const LENGTH_MS_DEFAULT = 3_600_000;
const LENGTH_DAYS_MAX = 366;

/** Creates the event of a call. */
export async function createEvent(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const asked = input as unknown as NewEvent;
  const event = await eventOf(asked, context);
  if ('refusal' in event) return refused(event.refusal);
  const repeat = event.rule === undefined ? '' : `, ${await ruleText(event.rule)}`;
  const place = event.where === undefined ? '' : `, ${event.where}`;
  const said = `Added to your calendar: ${whenText(event, context)}: ${event.title}${place}${repeat}`;
  return eventsOf(context).apply(context.idempotencyKey, async (stored) => {
    if (stored.length >= EVENTS_MAX) {
      return { outcome: refused(`The calendar is full (${EVENTS_MAX} events); remove some.`) };
    }
    const range = { from: event.start, to: event.end };
    const beside = await occurrencesWithin(stored, range, context.timeZone);
    return {
      items: [...stored, storeEvent(event, context.now)],
      outcome: {
        status: 'done',
        text: said + overlapText(event, beside, context),
        data: eventData(event, context.timeZone),
      },
    };
  });
}

/** An event as plain data for programs. */
export function eventData(
  event: CalendarEvent,
  timeZone: string,
): Readonly<Record<string, string | boolean>> {
  return {
    id: event.id,
    title: event.title,
    start: isoTime(event.start, timeZone),
    end: isoTime(event.end, timeZone),
    allDay: event.allDay,
    ...(event.where === undefined ? {} : { where: event.where }),
    ...(event.rule === undefined ? {} : { repeat: event.rule }),
  };
}

/** A sentence about what takes place at the same time, or nothing. */
export function overlapText(
  event: Pick<CalendarEvent, 'allDay' | 'start' | 'end'>,
  beside: readonly Occurrence[],
  present: Present,
): string {
  const others = beside.filter(
    (each) => !each.event.allDay && each.start < event.end && each.end > event.start,
  );
  if (event.allDay || others.length === 0) return '';
  const names = others.slice(0, 3).map((each) => {
    const when = whenText({ ...each, allDay: false }, present);
    return `${each.event.title} (${when.replace(/^.*, /, '')})`;
  });
  return `\nIt overlaps with ${names.join(' and ')}.`;
}

/** The id that a call gives to what it makes; the same for every retry. */
export function identifier(idempotencyKey: string): string {
  return createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 12);
}

async function eventOf(
  asked: NewEvent,
  context: CallContext,
): Promise<CalendarEvent | { readonly refusal: string }> {
  const { timeZone, idempotencyKey } = context;
  const title = titleOf(asked.title);
  if (title === '') return { refusal: 'What is the event called?' };
  const given = readTime(asked.start, timeZone);
  if (given === undefined)
    return { refusal: `I cannot read the time "${asked.start.slice(0, 60)}".` };
  const rule = asked.repeat === undefined ? undefined : readRule(asked.repeat);
  if (asked.repeat !== undefined && rule === undefined) {
    return { refusal: 'I cannot repeat it like that. Say for example "every Monday at 9".' };
  }
  const recurrence = { rule: rule ?? '', start: given.instant, timeZone };
  const start = rule === undefined ? given.instant : await firstFrom(recurrence, given.instant);
  if (start === undefined) return { refusal: 'That never comes round. When should it repeat?' };
  const end = endOf(asked, { ...given, instant: start }, context);
  if (end === undefined || daysBetween(start, end, timeZone) > LENGTH_DAYS_MAX) {
    return { refusal: 'The end must come after the start, within a year.' };
  }
  const where = plain(asked.where ?? '');
  return {
    id: identifier(idempotencyKey),
    title,
    ...(where === '' ? {} : { where }),
    start,
    end,
    allDay: given.dateOnly,
    timeZone,
    ...(rule === undefined ? {} : { rule }),
    skipped: [],
  };
}

/** An end, a length, or else an hour; for a day the end is the last day that belongs to it. */
function endOf(asked: NewEvent, start: GivenTime, present: Present): number | undefined {
  const { timeZone } = present;
  const length = asked.duration === undefined ? undefined : readDuration(asked.duration);
  if (asked.duration !== undefined && length === undefined) return undefined;
  if (asked.end !== undefined) {
    const end = readTime(asked.end, timeZone);
    if (end === undefined) return undefined;
    const last = end.dateOnly || start.dateOnly ? dayStart(end.instant, timeZone, 1) : end.instant;
    return last > start.instant ? last : undefined;
  }
  if (!start.dateOnly) return start.instant + (length ?? LENGTH_MS_DEFAULT);
  const days = Math.max(1, Math.round((length ?? 0) / 86_400_000));
  return dayStart(start.instant, timeZone, days);
}

/** A title as it stands in a calendar: "a haircut" is "Haircut", and names stay as they are. */
function titleOf(text: string): string {
  const bare = plain(text).replace(/^(?:an?|the|my) (?=\S)/, '');
  return bare.replace(/^\p{Ll}(?=\p{Ll}*(?:\s|$))/u, (letter) => letter.toUpperCase());
}

function plain(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, TITLE_CHARACTERS_MAX);
}
