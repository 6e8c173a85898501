// Owns the calendar as an iCalendar file (RFC 5545) that other programs can read. Refuses a file too
// large to be whole: a part of a calendar must be asked for, never cut.

import ICAL from 'ical.js';
import type { CallContext, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { readRange } from './asked-time.ts';
import { fromText, occurrencesOf } from './event.ts';
import { eventsOf, refused } from './stored-event.ts';
import type { StoredEvent } from './stored-event.ts';
import { zoneComponent } from './zone-rules.ts';

const FILE_CHARACTERS_MAX = 400_000;
const ZONE_YEARS_AHEAD = 10;

/** Writes the calendar, or what takes place in a range, as the text of an .ics file. */
export async function exportCalendar(
  input: JsonObject,
  context: CallContext,
): Promise<ToolOutcome> {
  const chosen = await chosenEvents(input, context);
  if (chosen === undefined) return refused('I cannot read that time range.');
  if (chosen.length === 0) return refused('There are no events to export.');
  const text = calendarText(chosen, context.now);
  if (text.length > FILE_CHARACTERS_MAX) {
    return refused('That is too much for one file; choose a shorter time with from and to.');
  }
  return { status: 'done', text, data: { events: chosen.length, mediaType: 'text/calendar' } };
}

async function chosenEvents(
  input: JsonObject,
  context: CallContext,
): Promise<readonly StoredEvent[] | undefined> {
  const stored = await eventsOf(context).list();
  if (Object.keys(input).length === 0) return stored;
  const range = readRange(input, context);
  if (range === undefined) return undefined;
  const found = await Promise.all(
    stored.map((each) => occurrencesOf(fromText(each.text, context.timeZone), range)),
  );
  return stored.filter((_, index) => (found[index] ?? []).length > 0);
}

/** The text of a VCALENDAR with the zones that its events name. */
export function calendarText(stored: readonly StoredEvent[], now: number): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//OpenComputer//calendar 0.1.0//EN');
  const events = stored.map((each) => ICAL.Component.fromString(each.text));
  const first = Math.min(now, ...stored.map((each) => each.from));
  const ahead = new Date(now);
  ahead.setUTCFullYear(ahead.getUTCFullYear() + ZONE_YEARS_AHEAD);
  for (const zone of zonesOf(events)) {
    calendar.addSubcomponent(zoneComponent(zone, { from: first, to: ahead.getTime() }));
  }
  for (const event of events) calendar.addSubcomponent(event);
  return `${calendar.toString()}\r\n`;
}

function zonesOf(events: readonly ICAL.Component[]): readonly string[] {
  const zones = events.flatMap((event) =>
    event.getAllProperties().map((property) => property.getParameter('tzid')),
  );
  return [...new Set(zones.filter((zone) => typeof zone === 'string'))];
}
