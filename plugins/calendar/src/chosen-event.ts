// Owns changes to the one event that a person's words single out: moving and removing it. Refuses to
// choose among several, and changes one time of what repeats unless the whole series is meant.

import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { matchItems } from '@opencomputer/plugin/match';
import { DAY_MS, dayStart, daysBetween } from '@opencomputer/plugin/time';
import type { GivenTime, Present } from '@opencomputer/plugin/time';
import { whenText } from './agenda.ts';
import { rangeAround, readNewStart } from './asked-time.ts';
import type { CalendarEvent, Occurrence } from './event.ts';
import { eventData, identifier, overlapText } from './new-event.ts';
import { eventsOf, occurrencesWithin, refused, storeEvent } from './stored-event.ts';
import type { StoredEvent } from './stored-event.ts';

/** How far ahead an event is looked for. */
const AHEAD_DAYS = 400;
const CHOICES_MAX = 10;
/** Words that say what kind of thing it is, not which one. */
const KIND_WORDS = /\b(?:meeting|appointment|appt|event|calendar|entry|session|thing)s?\b/gi;

/** Moves an event to a new start; it keeps its length. */
export async function moveEvent(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { query, start, from } = input as unknown as Record<'query' | 'start' | 'from', string>;
  return eventsOf(context).apply(context.idempotencyKey, async (stored) => {
    const chosen = await choose(stored, { query, from }, context);
    if ('status' in chosen) return { outcome: chosen };
    const { event } = chosen;
    const given = readNewStart(start, { ...chosen, allDay: event.allDay }, context.timeZone);
    if (given === undefined) {
      return { outcome: refused(`I cannot read the time "${start.slice(0, 60)}".`) };
    }
    const moved = movedTo(chosen, given, context);
    const own = event.rule === undefined ? [] : [skip(event, chosen.start, context.now)];
    const others = stored.filter((each) => each.id !== event.id);
    const range = { from: moved.start, to: moved.end };
    const beside = await occurrencesWithin(others, range, context.timeZone);
    const series = event.rule === undefined ? '' : ' The other times stay as they are.';
    const before = whenText({ ...chosen, allDay: event.allDay }, context);
    const text = `Moved: ${event.title}, now ${whenText(moved, context)} (was ${before}).${series}`;
    return {
      items: [...others, ...own, storeEvent(moved, context.now)],
      outcome: {
        status: 'done',
        text: text + overlapText(moved, beside, context),
        data: eventData(moved, context.timeZone),
      },
    };
  });
}

/** Removes an event; of one that repeats the next time only, or with `series` all of them. */
export async function removeEvent(input: JsonObject, context: CallContext): Promise<ToolOutcome> {
  const { query, from } = input as unknown as Record<'query' | 'from', string>;
  return eventsOf(context).apply(context.idempotencyKey, async (stored) => {
    const chosen = await choose(stored, { query, from }, context);
    if ('status' in chosen) return { outcome: chosen };
    const { event } = chosen;
    const others = stored.filter((each) => each.id !== event.id);
    const whole = event.rule === undefined || input['series'] === true;
    const when = whenText({ ...chosen, allDay: event.allDay }, context);
    const rest = event.rule === undefined ? '' : ' The other times stay as they are.';
    const all = event.rule !== undefined && whole ? ' and all its repeats' : '';
    return {
      items: whole ? others : [...others, skip(event, chosen.start, context.now)],
      outcome: {
        status: 'done',
        text: `Removed: ${event.title}, ${when}${all}.${whole ? '' : rest}`,
        data: { id: event.id },
      },
    };
  });
}

/** The next time of the event that is meant, or a refusal that says what could be. */
async function choose(
  stored: readonly StoredEvent[],
  asked: { readonly query: string; readonly from: string | undefined },
  context: CallContext,
): Promise<Occurrence | ToolOutcome> {
  const { now, timeZone } = context;
  const day = asked.from === undefined ? undefined : rangeAround(asked.from, timeZone);
  if (asked.from !== undefined && day === undefined) return refused('I cannot read that day.');
  const range = day ?? { from: now, to: dayStart(now, timeZone, AHEAD_DAYS) };
  const upcoming = await occurrencesWithin(stored, range, timeZone);
  const candidates = firstOfEach(upcoming);
  const { sure, near } = matchEvents(candidates, asked.query);
  const [only] = sure;
  if (only !== undefined && sure.length === 1) return only;
  if (sure.length > 1) return refused(`Which one do you mean?\n${choices(sure, context)}`);
  const when = day === undefined ? '' : ' at that time';
  const none = `I found no event "${asked.query.slice(0, 100)}"${when}.`;
  return refused(near.length === 0 ? none : `${none} Do you mean:\n${choices(near, context)}`);
}

type Candidate = Occurrence & { readonly id: string };

function firstOfEach(occurrences: readonly Occurrence[]): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  for (const each of occurrences) {
    const { id } = each.event;
    if (!first.has(id)) first.set(id, { ...each, id });
  }
  return [...first.values()];
}

function matchEvents(
  candidates: readonly Candidate[],
  query: string,
): { readonly sure: readonly Candidate[]; readonly near: readonly Candidate[] } {
  const textOf = ({ event }: Candidate): string => `${event.title} ${event.where ?? ''}`;
  const whole = matchItems(candidates, query, textOf);
  const bare = query.replaceAll(KIND_WORDS, ' ');
  if (whole.sure.length > 0) return whole;
  if (bare.trim() === '')
    return { sure: candidates.length === 1 ? candidates : [], near: candidates };
  return matchItems(candidates, bare, textOf);
}

function choices(candidates: readonly Candidate[], present: Present): string {
  const shown = candidates.slice(0, CHOICES_MAX);
  return shown
    .map(
      (each) =>
        `- ${whenText({ ...each, allDay: each.event.allDay }, present)}: ${each.event.title} [${each.id}]`,
    )
    .join('\n');
}

/** The moved time is an event of its own; what repeats leaves that time out. */
function movedTo(chosen: Occurrence, given: GivenTime, context: CallContext): CalendarEvent {
  const { timeZone } = context;
  const { event } = chosen;
  const length = chosen.end - chosen.start;
  const days = daysBetween(chosen.start, chosen.end, timeZone);
  const allDay = event.allDay && given.dateOnly;
  const hours = event.allDay ? Math.min(length, DAY_MS / 24) : length;
  const { rule, ...once } = event;
  return {
    ...once,
    id: rule === undefined ? event.id : identifier(context.idempotencyKey),
    start: given.instant,
    end: allDay ? dayStart(given.instant, timeZone, days) : given.instant + hours,
    allDay,
    timeZone,
    skipped: [],
  };
}

function skip(event: CalendarEvent, start: number, now: number): StoredEvent {
  return storeEvent({ ...event, skipped: [...event.skipped, start] }, now);
}
