// Owns the VTIMEZONE of a zone (RFC 5545, 3.6.5): its changes of the clock, one by one, over some
// years. Refuses to predict rules: what the machine's zone data says is written down.

import ICAL from 'ical.js';
import { DAY_MS, wallTime, zoneOffset } from '@opencomputer/plugin/time';

/** The changes of clock from one instant to another; each at the instant with the new offset. */
function changesOf(timeZone: string, from: number, to: number): readonly number[] {
  const changes: number[] = [];
  let before = zoneOffset(from, timeZone);
  for (let day = from + DAY_MS; day <= to; day += DAY_MS) {
    const after = zoneOffset(day, timeZone);
    if (after === before) continue;
    let [low, high] = [day - DAY_MS, day];
    while (high - low > 1_000) {
      const middle = Math.floor((low + high) / 2_000) * 1_000;
      if (zoneOffset(middle, timeZone) === before) low = middle;
      else high = middle;
    }
    changes.push(high);
    before = after;
  }
  return changes;
}

/** The VTIMEZONE component of a zone for the years that contain both instants. */
export function zoneComponent(
  timeZone: string,
  span: { readonly from: number; readonly to: number },
): ICAL.Component {
  const from = Date.UTC(new Date(span.from).getUTCFullYear() - 1, 0, 1);
  const to = Date.UTC(new Date(span.to).getUTCFullYear() + 1, 0, 1);
  const component = new ICAL.Component('vtimezone');
  component.addPropertyWithValue('tzid', timeZone);
  let before = zoneOffset(from, timeZone);
  component.addSubcomponent(observance('standard', from, [before, before]));
  for (const change of changesOf(timeZone, from, to)) {
    const after = zoneOffset(change, timeZone);
    const name = after > before ? 'daylight' : 'standard';
    component.addSubcomponent(observance(name, change + before, [before, after]));
    before = after;
  }
  return component;
}

/** `startMs` is the wall time by the offset before the change, as if it were UTC. */
function observance(
  name: 'standard' | 'daylight',
  startMs: number,
  offsets: readonly [number, number],
): ICAL.Component {
  const component = new ICAL.Component(name);
  const wall = wallTime(startMs, 'UTC');
  const start = ICAL.Time.fromData({ ...wall, isDate: false }, ICAL.Timezone.localTimezone);
  component.addPropertyWithValue('dtstart', start);
  for (const [index, key] of ['tzoffsetfrom', 'tzoffsetto'].entries()) {
    component.addPropertyWithValue(key, ICAL.UtcOffset.fromSeconds((offsets[index] ?? 0) / 1000));
  }
  return component;
}
