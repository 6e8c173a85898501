// Owns the command `npm run test:crash`: its parts in order, the time they have, the table at the end,
// and the exit code. Refuses to pass when any part did not.

import { readOptions } from './options.ts';
import type { PartName } from './options.ts';
import type { Figure, Part } from './part.ts';
import { minutes } from './progress.ts';

const parts: Readonly<Record<PartName, () => Promise<Part>>> = {
  simulation: async () => (await import('./simulation/simulate.ts')).simulation,
  twins: async () => (await import('./twins/twins.ts')).twins,
  store: async () => (await import('./store/store.ts')).store,
  sweep: async () => (await import('./sweep/sweep.ts')).sweep,
};

/** Runs the parts that were asked for; the exit code. */
export async function run(words: readonly string[]): Promise<number> {
  const options = readOptions(words, Math.floor(Math.random() * 2 ** 31));
  const { form, shard, seed, minutesMax } = options;
  const command = `test:crash --${form} --shard ${shard.part}/${shard.of} --seed ${seed}`;
  const began = performance.now();
  const endsAt = began + minutesMax * 60_000;
  console.log(`${command}: ${options.parts.join(', ')} in at most ${minutesMax} min`);
  const figures: Figure[] = [];
  let code = 0;
  for (const name of options.parts) {
    const from = performance.now();
    const part = await parts[name]();
    const print = (line: string): void => console.log(`  ${line}`);
    const result = await part(options, { endsAt, print });
    const now = performance.now();
    const state = result.isClean ? 'passed' : 'FAILED';
    const took = minutes(now - from);
    console.log(`${name}: ${state} in ${took}; ${minutes(Math.max(0, endsAt - now))} left of all`);
    figures.push([name, `${state} in ${took}`], ...result.figures);
    if (!result.isClean) code = 1;
  }
  for (const line of table([[command, minutes(performance.now() - began)], ...figures])) {
    console.log(line);
  }
  if (code !== 0) console.log(`repeat with --${form} --seed ${seed}`);
  return code;
}

/** The lines of a table of two columns. */
export function table(figures: readonly Figure[]): readonly string[] {
  const width = Math.max(...figures.map(([name]) => name.length));
  return figures.map(([name, value]) => `${name.padEnd(width)} | ${value}`);
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2));
