// Owns the result of understanding a message without a model. Refuses to act: a result is only a
// proposal with its evidence.

import type { Json } from './json.ts';

/** A value found in a person's words. */
export interface SlotValue {
  /** ISO 8601 for times, a plain value otherwise. */
  readonly value: Json;
  /** Start and end offsets in the message, in UTF-16 code units. */
  readonly span: readonly [number, number];
  /** The words at that span. */
  readonly text: string;
}

/** An intent with its probability, 0 to 1. */
export interface IntentScore {
  readonly intent: string;
  readonly score: number;
}

/**
 * What the parser concludes. `act`: sure enough and complete; `ask-slot`: sure, but a required
 * value is missing; `confirm`: likely, to be confirmed; `unknown`: for a model, or for nobody.
 */
export interface IntentResult {
  readonly kind: 'act' | 'ask-slot' | 'confirm' | 'unknown';
  readonly intent?: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly slots: Readonly<Record<string, SlotValue>>;
  /** Names of required slots that were not found. */
  readonly missing: readonly string[];
  /** The best few intents, best first. */
  readonly alternatives: readonly IntentScore[];
  /** Why, in words for `agent why`. */
  readonly reason: string;
}
