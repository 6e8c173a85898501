// Owns the simulation as a part of the harness: episode after episode until enough hours have
// passed, each with a seed that repeats it. Refuses to go on after a violation without naming it.

import type { CrashOptions } from '../options.ts';
import type { PartResult, Surroundings } from '../part.ts';
import { createProgress } from '../progress.ts';
import type { Violation } from '../story/account.ts';
import { checkEpisode } from './check.ts';
import { runEpisode } from './episode.ts';
import { processesOf, simulateApart } from './processes.ts';

/** Simulated hours of each form. */
const hoursOf = { quick: 200, full: 10_000 } as const;
const printedMax = 20;
/** Seeds between two shards: no episode is run twice. */
const seedsOfShard = 1_000_000;

const sumNames = ['episodes', 'hours', 'turns', 'crashes', 'faults', 'accepted', 'done'] as const;
const moreNames = ['parked', 'effects', 'unknown', 'cpuSeconds'] as const;
type Sums = Record<(typeof sumNames)[number] | (typeof moreNames)[number], number>;

/** What a number of episodes came to. */
export interface SimulationResult extends Readonly<Sums> {
  readonly violations: readonly (Violation & { readonly seed: number })[];
}

/** Episodes from `seed` on, each with the next number, until so many hours have passed. */
export async function simulate(
  seed: number,
  hours: number,
  passed: (hours: number) => void = () => undefined,
): Promise<SimulationResult> {
  const before = process.cpuUsage();
  let result = nothing;
  while (result.hours < hours) {
    const own = seed + result.episodes;
    const episode = await runEpisode(own);
    const { violations, ...account } = await checkEpisode(episode);
    episode.disk.close();
    const { hours: days, turns, crashes, faults } = episode;
    const sums = { episodes: 1, hours: days, turns, crashes, faults, cpuSeconds: 0 };
    const named = violations.map((violation) => ({ ...violation, seed: own }));
    result = together([result, { ...sums, ...account, violations: named }]);
    passed(result.hours);
  }
  const { user, system } = process.cpuUsage(before);
  return { ...result, cpuSeconds: (user + system) / 1_000_000 };
}

/** The sums of several simulations. */
export function together(results: readonly SimulationResult[]): SimulationResult {
  const sum = (name: keyof Sums): number =>
    results.reduce((total, result) => total + result[name], 0);
  const sums = Object.fromEntries([...sumNames, ...moreNames].map((name) => [name, sum(name)]));
  return { ...(sums as Sums), violations: results.flatMap(({ violations }) => violations) };
}

const nothing: SimulationResult = {
  ...(Object.fromEntries([...sumNames, ...moreNames].map((name) => [name, 0])) as Sums),
  violations: [],
};

/** The part of the harness. */
export async function simulation(
  options: CrashOptions,
  { print }: Surroundings,
): Promise<PartResult> {
  const { form, shard, seed } = options;
  const first = seed + (shard.part - 1) * seedsOfShard;
  const hoursDue = hoursOf[form] / shard.of;
  const began = performance.now();
  const now = (): number => performance.now();
  const passed = createProgress({ unit: 'simulated hours', of: hoursDue, print, now });
  const processes = processesOf(options);
  const result =
    processes === 1
      ? await simulate(first, hoursDue, passed)
      : together(await simulateApart({ seed: first, hours: hoursDue, processes, passed }));
  const seconds = (performance.now() - began) / 1000;
  const { episodes, hours, turns, crashes, faults, violations, cpuSeconds } = result;
  const { accepted, done, parked, effects, unknown } = result;
  const perSecond = (hours / cpuSeconds).toFixed(0);
  print(
    `${Math.round(hours)} simulated hours in ${seconds.toFixed(1)} s and ${cpuSeconds.toFixed(1)} ` +
      `CPU-s (${perSecond} h each): ${episodes} episodes from seed ${first} in ${processes} processes`,
  );
  print(`${turns} messages, ${crashes} crashes, ${faults} other faults`);
  print(`accepted ${accepted} = completed or failed ${done} + set aside ${parked}`);
  print(`effects ${effects}, outcomes unknown ${unknown}, violations ${violations.length}`);
  for (const { assertion, text, seed: own } of violations.slice(0, printedMax)) {
    print(`VIOLATED ${assertion} with --seed ${own}: ${text}`);
  }
  const figures = [
    ['simulated hours', `${Math.round(hours)} (${perSecond} a CPU second)`],
    ['simulated episodes, the first by seed', `${episodes}, ${first}`],
    ['simulated messages', turns],
    ['simulated crashes, other faults', `${crashes}, ${faults}`],
    ['violations of the simulation', violations.length],
  ] as const;
  return { isClean: violations.length === 0, figures };
}

/** A process of its own, for copies of the sources and for more than one at once. */
if (import.meta.main) {
  const [seed = '1', hours = '100'] = process.argv.slice(2);
  const passed = (sum: number): void => void process.send?.({ hours: sum });
  console.log(JSON.stringify(await simulate(Number(seed), Number(hours), passed)));
}
