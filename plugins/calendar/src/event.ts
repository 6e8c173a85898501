// Owns an event of the calendar and its form as a VEVENT (RFC 5545), which is how it is kept.
// Refuses to know other calendars: what a VEVENT holds beyond this is not written.

import ICAL from 'ical.js';
import { dayStart, daysBetween, instantOf, timesWithin, wallTime } from '@opencomputer/plugin/time';
import type { TimeRange, WallTime } from '@opencomputer/plugin/time';

/** An event. Times are milliseconds since the Unix epoch; `end` is the first instant after it. */
export interface CalendarEvent {
  readonly id: string;
  readonly title: string;
  readonly where?: string;
  readonly start: number;
  readonly end: number;
  /** Whole days, wherever the person is. */
  readonly allDay: boolean;
  /** By whose wall clock it repeats. */
  readonly timeZone: string;
  readonly rule?: string;
  /** Starts of repeats that do not take place. */
  readonly skipped: readonly number[];
}

/** One time at which an event takes place. */
export interface Occurrence {
  readonly event: CalendarEvent;
  readonly start: number;
  readonly end: number;
}

const OCCURRENCES_MAX = 400;

/** The VEVENT of an event, as a component. `stampedAt` is when it was written. */
export function toComponent(event: CalendarEvent, stampedAt: number): ICAL.Component {
  const component = new ICAL.Component('vevent');
  component.addPropertyWithValue('uid', event.id);
  component.addPropertyWithValue('dtstamp', ICAL.Time.fromJSDate(new Date(stampedAt), true));
  component.addPropertyWithValue('summary', event.title);
  if (event.where !== undefined) component.addPropertyWithValue('location', event.where);
  addTime(component, 'dtstart', { ...event, instant: event.start });
  addTime(component, 'dtend', { ...event, instant: event.end });
  if (event.allDay) component.addPropertyWithValue('transp', 'TRANSPARENT');
  if (event.rule !== undefined) {
    component.addPropertyWithValue('rrule', ICAL.Recur.fromString(event.rule));
  }
  for (const instant of event.skipped) addTime(component, 'exdate', { ...event, instant });
  return component;
}

/** The VEVENT of an event as text. */
export function toText(event: CalendarEvent, stampedAt: number): string {
  return toComponent(event, stampedAt).toString();
}

/** The event of a VEVENT as `toText` wrote it; whole days begin by the clock of `timeZone`. */
export function fromText(text: string, timeZone: string): CalendarEvent {
  const component = ICAL.Component.fromString(text);
  const value = (name: string): string | undefined => {
    const found = component.getFirstPropertyValue(name);
    return found === null ? undefined : String(found);
  };
  const start = readProperty(component.getFirstProperty('dtstart'), timeZone);
  const end = readProperty(component.getFirstProperty('dtend'), timeZone);
  const where = value('location');
  const rule = value('rrule');
  return {
    id: value('uid') ?? '',
    title: value('summary') ?? '',
    ...(where === undefined ? {} : { where }),
    start: start.instant,
    end: end.instant,
    allDay: start.allDay,
    timeZone: start.timeZone,
    ...(rule === undefined ? {} : { rule }),
    skipped: component
      .getAllProperties('exdate')
      .map((property) => readProperty(property, timeZone).instant),
  };
}

/** The times of an event that touch a range, in order, at most 400. */
export async function occurrencesOf(
  event: CalendarEvent,
  range: TimeRange,
): Promise<readonly Occurrence[]> {
  const length = event.end - event.start;
  const { rule, start, timeZone } = event;
  const starts =
    rule === undefined
      ? [start]
      : await timesWithin(
          { rule, start, timeZone },
          { from: Math.max(start, range.from - length), to: range.to - 1 },
          OCCURRENCES_MAX,
        );
  return starts
    .filter((at) => !event.skipped.includes(at))
    .map((at) => ({ event, start: at, end: endOf(event, at) }))
    .filter((each) => each.start < range.to && (each.end > range.from || each.start >= range.from));
}

/** Whole days end with a day, however long the change of the clocks makes it. */
function endOf(event: CalendarEvent, start: number): number {
  const { timeZone, end, allDay } = event;
  if (!allDay) return start + end - event.start;
  return dayStart(start, timeZone, daysBetween(event.start, end, timeZone));
}

/**
 * Days are written without a zone, UTC as such, anything else as the wall time of its zone: but for
 * the second time that a clock shows an hour, which only UTC can name.
 */
function addTime(
  component: ICAL.Component,
  name: string,
  time: Pick<CalendarEvent, 'allDay' | 'timeZone' | 'rule'> & { readonly instant: number },
): void {
  const wall = wallTime(time.instant, time.timeZone);
  const property = new ICAL.Property(name, component);
  const repeated = time.rule === undefined && instantOf(wall, time.timeZone) !== time.instant;
  const utc = isUtc(time.timeZone) || repeated;
  const shown = repeated ? wallTime(time.instant, 'UTC') : wall;
  const zone = utc && !time.allDay ? ICAL.Timezone.utcTimezone : ICAL.Timezone.localTimezone;
  if (time.allDay) property.resetType('date');
  property.setValue(ICAL.Time.fromData({ ...shown, isDate: time.allDay }, zone));
  if (!utc && !time.allDay) property.setParameter('tzid', time.timeZone);
  component.addProperty(property);
}

function readProperty(
  property: ICAL.Property | null,
  timeZone: string,
): { instant: number; allDay: boolean; timeZone: string } {
  const time: unknown = property?.getFirstValue();
  if (property === null || !(time instanceof ICAL.Time)) throw new Error('A VEVENT has no time.');
  const { year, month, day, hour, minute, second, isDate } = time;
  const wall: WallTime = isDate
    ? { year, month, day, hour: 0, minute: 0, second: 0 }
    : { year, month, day, hour, minute, second };
  const named = String(property.getParameter('tzid') ?? 'UTC');
  const zone = isDate ? timeZone : named;
  return { instant: instantOf(wall, zone), allDay: isDate, timeZone: zone };
}

function isUtc(timeZone: string): boolean {
  return timeZone === 'UTC' || timeZone === 'Etc/UTC';
}
