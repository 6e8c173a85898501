// Owns the part of the harness that damages files: cuts of the log, flips of bits, and the guards of
// one owner. Refuses to call a flip harmless that was not looked for everywhere.

import type { CrashOptions } from '../options.ts';
import type { PartResult, Surroundings } from '../part.ts';
import { createProgress } from '../progress.ts';
import { createRandom } from '../random.ts';
import type { Violation } from '../story/account.ts';
import { cutAt, cutsOf } from './cuts.ts';
import { flipAt, flipsOf } from './flips.ts';
import type { FlipOutcome } from './flips.ts';
import { checkGuards } from './guards.ts';
import { writeStore } from './fixtures/written.ts';

/** How much damage each form does. */
export interface Amounts {
  readonly turns: number;
  /** Ends of frames at which the log is cut, at most, and cuts at any byte. */
  readonly frames: number;
  readonly bytes: number;
  readonly flips: number;
}
const amounts: Readonly<Record<CrashOptions['form'], Amounts>> = {
  quick: { turns: 20, frames: 12, bytes: 8, flips: 40 },
  full: { turns: 40, frames: Number.MAX_SAFE_INTEGER, bytes: 200, flips: 1_000 },
};

/** What became of a store under all this. */
export interface DamageResult {
  readonly cuts: number;
  readonly flips: Readonly<Partial<Record<FlipOutcome, number>>>;
  readonly violations: readonly Violation[];
}

/** Damages a store in so many ways; a shard does its share of them. */
export async function damage(
  seed: number,
  amount: Amounts,
  {
    shard: { part, of } = { part: 1, of: 1 },
    print = () => undefined,
  }: Partial<Pick<CrashOptions, 'shard'> & Pick<Surroundings, 'print'>> = {},
): Promise<DamageResult> {
  const random = createRandom(seed);
  const violations: Violation[] = [...(await checkGuards())];
  const written = await writeStore(amount.turns);
  const isMine = (_: unknown, index: number): boolean => index % of === part - 1;
  try {
    const cuts = cutsOf(written, { random, ...amount }).filter(isMine);
    const planned = flipsOf(written, random, amount.flips).filter(isMine);
    const progress = createProgress({
      unit: 'cuts and flips',
      of: cuts.length + planned.length,
      print,
      now: () => performance.now(),
    });
    for (const [index, at] of cuts.entries()) {
      violations.push(...(await cutAt(written, at)));
      progress(index + 1);
    }
    const flips: Partial<Record<FlipOutcome, number>> = {};
    for (const [index, flip] of planned.entries()) {
      progress(cuts.length + index);
      const { outcome, detail } = await flipAt(written, flip);
      flips[outcome] = (flips[outcome] ?? 0) + 1;
      if (outcome !== 'altered' && outcome !== 'vanished') continue;
      const { file, byte, bit } = flip;
      const text = `${outcome} by bit ${bit} of byte ${byte} of the ${file}: ${detail}`;
      violations.push({ assertion: 'altered-served', text });
    }
    return { cuts: cuts.length, flips, violations };
  } finally {
    written.remove();
  }
}

/** The part of the harness. */
export async function store(
  { form, shard, seed }: CrashOptions,
  { print }: Surroundings,
): Promise<PartResult> {
  const { cuts, flips, violations } = await damage(seed, amounts[form], { shard, print });
  print(`the log was cut ${cuts} times`);
  const outcomes = Object.entries(flips).map(([outcome, count]) => `${outcome} ${count}`);
  print(
    `bits flipped: ${outcomes.toSorted().join(', ')}; altered values served: ${flips.altered ?? 0}`,
  );
  if (flips['log-ends'] !== undefined) {
    print(
      `in ${flips['log-ends']} of them SQLite ends the log at the damaged frame and says nothing`,
    );
  }
  for (const { assertion, text } of violations) print(`VIOLATED ${assertion}: ${text}`);
  const sum = Object.values(flips).reduce((total, count) => total + count, 0);
  return {
    isClean: violations.length === 0,
    figures: [
      ['log cuts', cuts],
      ['bits flipped', sum],
      ...outcomes.toSorted().map((outcome) => ['of them', outcome] as const),
      ['violations of cuts, flips and guards', violations.length],
    ],
  };
}

/** A process of its own, for copies of the sources: prints the result as JSON. */
if (import.meta.main) {
  const [seed = '1', flips = '40'] = process.argv.slice(2);
  const amount = { turns: 20, frames: 6, bytes: 4, flips: Number(flips) };
  console.log(JSON.stringify(await damage(Number(seed), amount)));
}
