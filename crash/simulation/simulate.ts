// Owns the simulation as a part of the harness: episode after episode until enough hours have
// passed, each with a seed that repeats it. Refuses to go on after a violation without naming it.

import type { CrashOptions } from '../options.ts';
import type { Violation } from '../story/account.ts';
import { checkEpisode } from './check.ts';
import { runEpisode } from './episode.ts';

/** Simulated hours of each form. */
const hoursOf = { quick: 200, full: 10_000 } as const;
const printedMax = 20;

/** What a number of episodes came to. */
export interface SimulationResult {
  readonly episodes: number;
  readonly hours: number;
  readonly turns: number;
  readonly crashes: number;
  readonly accepted: number;
  readonly done: number;
  readonly parked: number;
  readonly effects: number;
  readonly unknown: number;
  readonly violations: readonly (Violation & { readonly seed: number })[];
}

/** Episodes from `seed` on, each with the next number, until so many hours have passed. */
export async function simulate(seed: number, hours: number): Promise<SimulationResult> {
  const sums = { episodes: 0, hours: 0, turns: 0, crashes: 0 };
  const more = { accepted: 0, done: 0, parked: 0, effects: 0, unknown: 0 };
  const violations: (Violation & { seed: number })[] = [];
  while (sums.hours < hours) {
    const own = seed + sums.episodes;
    const episode = await runEpisode(own);
    const account = await checkEpisode(episode);
    episode.disk.close();
    sums.episodes += 1;
    sums.hours += episode.hours;
    sums.turns += episode.turns;
    sums.crashes += episode.crashes;
    more.accepted += account.accepted;
    more.done += account.done;
    more.parked += account.parked;
    more.effects += account.effects;
    more.unknown += account.unknown;
    violations.push(...account.violations.map((violation) => ({ ...violation, seed: own })));
  }
  return { ...sums, ...more, violations };
}

/** The part of the harness. */
export async function simulation(
  { form, shard, seed }: CrashOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const first = seed + (shard.part - 1) * 1_000_000;
  const began = performance.now();
  const result = await simulate(first, hoursOf[form] / shard.of);
  const seconds = (performance.now() - began) / 1000;
  const { episodes, hours, turns, crashes, violations } = result;
  const { accepted, done, parked, effects, unknown } = result;
  print(
    `${Math.round(hours)} simulated hours in ${seconds.toFixed(1)} s: ${episodes} episodes from seed ` +
      `${first}, ${turns} messages (${Math.round(turns / seconds)}/s), ${crashes} crashes`,
  );
  print(`accepted ${accepted} = completed or failed ${done} + set aside ${parked}`);
  print(`effects ${effects}, outcomes unknown ${unknown}, violations ${violations.length}`);
  for (const { assertion, text, seed: own } of violations.slice(0, printedMax)) {
    print(`VIOLATED ${assertion} with --seed ${own}: ${text}`);
  }
  return violations.length === 0;
}

/** A process of its own, for copies of the sources: prints the result as JSON. */
if (import.meta.main) {
  const [seed = '1', hours = '100'] = process.argv.slice(2);
  console.log(JSON.stringify(await simulate(Number(seed), Number(hours))));
}
