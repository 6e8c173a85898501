// Owns the shape of what is learned from manifests, and of a message that is weighed by it. Refuses logic.

import type { IntentScore, ToolEffect } from '@opencomputer/contracts';
import type { IntentModel } from './classifier.ts';
import type { ContentDoubt } from './contents.ts';
import type { Cues } from './cues.ts';
import type { SlotPlan } from './filling.ts';

/** A declared intent with what its examples teach. */
export interface KnownIntent {
  readonly effect: ToolEffect;
  readonly plan: SlotPlan;
}

/** Everything that is learned from manifests. The classifier can be stored; the rest is quick to redo. */
export interface IntentParser {
  readonly model: IntentModel;
  readonly intents: ReadonlyMap<string, KnownIntent>;
  readonly cues: Cues;
  readonly contents: ContentDoubt;
}

/** What a message most likely means, by the classifier alone. */
export interface Weighed {
  readonly intent: string;
  readonly score: number;
  /** How many times as likely as the next intent that is not out of scope. */
  readonly ratio: number;
  readonly inScope: boolean;
  /** In scope, and in words that were heard before. */
  readonly clear: boolean;
  /** Share of the words that were heard before, 0 to 1. */
  readonly knownWords: number;
  readonly scores: readonly IntentScore[];
}
