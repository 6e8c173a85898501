// Owns how the events of a person are kept: each as a VEVENT, with the span in which it can take
// place. Refuses to read a VEVENT that cannot touch the range asked for.

import type { CallContext, ToolOutcome } from '@opencomputer/contracts';
import { collection } from '@opencomputer/plugin';
import type { Collection } from '@opencomputer/plugin';
import { DAY_MS } from '@opencomputer/plugin/time';
import type { TimeRange } from '@opencomputer/plugin/time';
import { fromText, occurrencesOf, toText } from './event.ts';
import type { CalendarEvent, Occurrence } from './event.ts';

/** One kept event. The span is in milliseconds since the Unix epoch; no `to` = repeats. */
export interface StoredEvent {
  readonly id: string;
  readonly from: number;
  readonly to?: number;
  readonly text: string;
}

export const EVENTS_MAX = 3_000;
/** Whole days begin at another instant in another zone. */
const ZONE_MARGIN_MS = 2 * DAY_MS;

/** The kept form of an event, written at `stampedAt`. */
export function storeEvent(event: CalendarEvent, stampedAt: number): StoredEvent {
  const { id, start, end, rule } = event;
  const text = toText(event, stampedAt);
  return { id, from: start, ...(rule === undefined ? { to: end } : {}), text };
}

/** Every time at which kept events touch a range, in order; whole days first. */
export async function occurrencesWithin(
  stored: readonly StoredEvent[],
  range: TimeRange,
  timeZone: string,
): Promise<readonly Occurrence[]> {
  const touching = stored.filter(
    ({ from, to }) =>
      from - ZONE_MARGIN_MS < range.to && (to === undefined || to + ZONE_MARGIN_MS > range.from),
  );
  const found = await Promise.all(
    touching.map(({ text }) => occurrencesOf(fromText(text, timeZone), range)),
  );
  return found
    .flat()
    .toSorted(
      (one, other) =>
        one.start - other.start ||
        Number(other.event.allDay) - Number(one.event.allDay) ||
        one.end - other.end,
    );
}

/** The kept events of the person of a call. */
export function eventsOf(context: CallContext): Collection<StoredEvent> {
  context.signal.throwIfAborted();
  return collection<StoredEvent>(context.storage, 'events');
}

/** Every time at which something takes place in a range, in order. */
export async function occurrencesIn(
  range: TimeRange,
  context: CallContext,
): Promise<readonly Occurrence[]> {
  return occurrencesWithin(await eventsOf(context).list(), range, context.timeZone);
}

/** A no that a person can read. */
export function refused(text: string): ToolOutcome {
  return { status: 'refused', text };
}
