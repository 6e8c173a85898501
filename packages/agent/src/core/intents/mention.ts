// Owns the shape of a mention of time in a text, before it is resolved to an instant. Refuses logic.

import type { CalendarDay } from './zone.ts';

/** Start and end offsets in a text, in UTF-16 code units. */
export type Span = readonly [number, number];

/** An hour and minute; not `sure` means that it may be twelve hours later. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly sure: boolean;
}

/** A part of the day, with no hour. */
export type DayPart = 'morning' | 'afternoon' | 'evening' | 'night';

/** What length of time a day stands for: the week that starts with it, and so on. */
export type Grain = 'day' | 'weekend' | 'week' | 'month' | 'year';

/** A mention of time. What was not said is absent. */
export interface DateMention {
  readonly span: Span;
  readonly day?: CalendarDay;
  readonly grain?: Grain;
  /** The last day, when a range of days was named. */
  readonly lastDay?: CalendarDay;
  /** A weekday without "this" or "next", which may be meant a week later. */
  readonly weekday?: boolean;
  readonly time?: TimeOfDay;
  readonly timeEnd?: TimeOfDay;
  readonly part?: DayPart;
  /** Milliseconds from now, as in "in 20 minutes". */
  readonly shiftMs?: number;
  /** A recurrence rule of RFC 5545, without the `RRULE:`. */
  readonly repeat?: string;
  /** Stands inside a name for something else, as in "the Friday meeting". */
  readonly loose?: boolean;
}

/**
 * Finds mentions of days in a text, relative to a given day.
 * Must give spans inside the text; must not throw. Times of day are found elsewhere, and each
 * character of them comes as `takenMark`.
 */
export type ParseDates = (text: string, today: CalendarDay) => readonly DateMention[];
