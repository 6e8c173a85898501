// Owns what a part of the harness is told and what it gives back. Refuses to know any of them.

import type { CrashOptions } from './options.ts';

/** What a part is told beside the options. */
export interface Surroundings {
  /** When the command has to end, by `performance.now`. */
  readonly endsAt: number;
  print(line: string): void;
}

/** A line of the table at the end. */
export type Figure = readonly [name: string, value: string | number];

export interface PartResult {
  /** Nothing was violated, and every bar held. */
  readonly isClean: boolean;
  readonly figures: readonly Figure[];
}

export type Part = (options: CrashOptions, surroundings: Surroundings) => Promise<PartResult>;
