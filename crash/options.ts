// Owns the options of the command: which parts run, how much of each, and by which seed. Refuses
// what it does not know.

import { parseArgs } from 'node:util';
import type { Shard } from './sweep/plan.ts';

/** Parts of the harness, in the order in which they run. */
export const partNames = ['simulation', 'twins', 'store', 'sweep'] as const;
export type PartName = (typeof partNames)[number];

export interface CrashOptions {
  /** `quick` is what `npm test` runs; `full` is everything. */
  readonly form: 'quick' | 'full';
  readonly shard: Shard;
  readonly seed: number;
  readonly parts: readonly PartName[];
  /** Folder with `bin` and `dist` of the program; absent: that of this checkout. */
  readonly program?: string;
  /** All of it has this long; the sweep, which comes last, says what it did not cover. */
  readonly minutesMax: number;
  /** A single point of the sweep, by its name. */
  readonly point?: string;
}

/** Below the 45 and 3 that are promised by the length of what may still run at the end. */
const minutesFull = 42;
const minutesQuick = 2.5;

/** Reads the words after `npm run test:crash --`. Throws for unknown words. */
export function readOptions(words: readonly string[], seed: number): CrashOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      shard: { type: 'string', default: '1/1' },
      seed: { type: 'string', default: String(seed) },
      only: { type: 'string', multiple: true, default: [] },
      program: { type: 'string' },
      minutes: { type: 'string' },
      point: { type: 'string' },
    },
  });
  const form = values.full ? 'full' : 'quick';
  const minutes = values.minutes ?? (form === 'full' ? minutesFull : minutesQuick);
  const only = values.point === undefined ? values.only : ['sweep'];
  return {
    form,
    shard: readShard(values.shard),
    seed: readNumber('--seed', values.seed),
    parts: only.length === 0 ? partNames : only.map(readPart),
    minutesMax: readNumber('--minutes', String(minutes)),
    ...(values.program !== undefined && { program: values.program }),
    ...(values.point !== undefined && { point: values.point }),
  };
}

function readShard(text: string): Shard {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { part: Number(part), of: Number(of) };
  if (!(shard.part >= 1 && shard.part <= shard.of)) {
    throw new Error(`--shard ${text}: expected i/n, such as 1/4`);
  }
  return shard;
}

function readNumber(option: string, text: string): number {
  const number = Number(text);
  if (text === '' || !(number >= 0)) throw new Error(`${option} ${text}: expected a number`);
  return number;
}

function readPart(text: string): PartName {
  const part = partNames.find((name) => name === text);
  if (part === undefined) throw new Error(`--only ${text}: expected ${partNames.join(', ')}`);
  return part;
}
