// Owns simulations in several processes at once, one for each core. Refuses a process that ended
// without a result.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { CrashOptions } from '../options.ts';
import type { SimulationResult } from './simulate.ts';

const program = join(import.meta.dirname, 'simulate.ts');
/** More would not be quicker than the other parts need. */
const processesMax = 2;
/** Seeds between two processes: no episode is run twice. */
const seedsOfProcess = 100_000;

/** Processes that work at once: a shard leaves the other cores to the others. */
export function processesOf({ form, shard }: Pick<CrashOptions, 'form' | 'shard'>): number {
  if (form === 'quick' || shard.of > 1) return 1;
  return Math.min(processesMax, availableParallelism());
}

/** What is simulated, in how many processes; `passed` is told of the hours of all of them. */
export interface Apart {
  readonly seed: number;
  readonly hours: number;
  readonly processes: number;
  readonly passed: (hours: number) => void;
}

/** Simulates in so many processes, each its share of the hours. */
export function simulateApart(apart: Apart): Promise<readonly SimulationResult[]> {
  const { seed, hours, processes, passed } = apart;
  const sums = Array.from({ length: processes }, () => 0);
  const one = async (index: number): Promise<SimulationResult> => {
    const words = [String(seed + index * seedsOfProcess), String(hours / processes)];
    const child = fork(program, words, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    child.on('message', (news: { readonly hours: number }) => {
      sums[index] = news.hours;
      passed(sums.reduce((total, sum) => total + sum, 0));
    });
    if (child.stdout === null) throw new Error('the simulation has no output');
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
    if (child.exitCode !== 0) throw new Error(`the simulation from seed ${words[0]} failed`);
    return JSON.parse(output) as SimulationResult;
  };
  return Promise.all(sums.map((_, index) => one(index)));
}
