// Owns the command `npm run test:crash`: its parts in order, the seed, and the exit code. Refuses to
// pass when any part did not.

import { readOptions } from './options.ts';
import type { CrashOptions, PartName } from './options.ts';

type Part = (options: CrashOptions, print: (line: string) => void) => Promise<boolean>;

const parts: Readonly<Record<PartName, () => Promise<Part>>> = {
  simulation: async () => (await import('./simulation/simulate.ts')).simulation,
  twins: async () => (await import('./twins/twins.ts')).twins,
  store: async () => (await import('./store/store.ts')).store,
  sweep: async () => (await import('./sweep/sweep.ts')).sweep,
};

/** Runs the parts that were asked for; the exit code. */
export async function run(words: readonly string[]): Promise<number> {
  const options = readOptions(words, Math.floor(Math.random() * 2 ** 31));
  const { form, shard, seed } = options;
  console.log(`test:crash --${form} --shard ${shard.part}/${shard.of} --seed ${seed}`);
  let code = 0;
  for (const name of options.parts) {
    const began = performance.now();
    const part = await parts[name]();
    const isClean = await part(options, (line) => console.log(`  ${line}`));
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${name}: ${isClean ? 'passed' : 'FAILED'} in ${seconds} s`);
    if (!isClean) code = 1;
  }
  if (code !== 0) console.log(`repeat with --${form} --seed ${seed}`);
  return code;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2));
