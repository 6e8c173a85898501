// Owns what the steps of filling slots share: the plan of an intent, and what is filled so far. Refuses
// any step of its own.

import type { SlotDeclaration, SlotValue } from '@opencomputer/contracts';
import type { Span } from './mention.ts';
import type { LeadIn, Piece } from './templates.ts';

/** An intent's slots with what its examples teach about finding them. */
export interface SlotPlan {
  readonly slots: Readonly<Record<string, SlotDeclaration>>;
  /** Templates without slots of time, most literal words first. */
  readonly templates: readonly (readonly Piece[])[];
  readonly leadIns: readonly LeadIn[];
  /** Words that the examples use outside slots. */
  readonly words: ReadonlySet<string>;
}

/** What is filled so far; each step adds to it. */
export interface Filling {
  readonly text: string;
  readonly plan: SlotPlan;
  readonly slots: Record<string, SlotValue>;
  /** Parts of the text that slots of time have used. */
  readonly used: Span[];
}

/** Types that are read from mentions of time. */
export const timeTypes: ReadonlySet<string> = new Set([
  'datetime',
  'date',
  'date-range',
  'recurrence',
]);

/** True when two spans share a character. */
export function overlaps(one: Span, other: Span): boolean {
  return one[0] < other[1] && other[0] < one[1];
}
