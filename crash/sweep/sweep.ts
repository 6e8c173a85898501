// Owns the sweep: the look at a run without faults, then a run for each point, and the tally of it
// all. Refuses to call itself done when points were left out: it says how many.

import type { CrashOptions } from '../options.ts';
import { createRandom } from '../random.ts';
import type { Random } from '../random.ts';
import { openStage } from '../story/home.ts';
import type { Stage } from '../story/home.ts';
import { failAt, killAnytime, killAt } from './cycle.ts';
import type { CycleResult } from './cycle.ts';
import { observe } from './observe.ts';
import { errorPoints, killPoints, strided, unseen } from './plan.ts';
import type { Observed, Point } from './plan.ts';
import { Tally } from './tally.ts';
import { canTrace } from './tracer.ts';

/** How much of each kind one form does. */
const amounts = {
  quick: { kills: 9, errors: 3, anytime: 5, deep: 1 },
  full: { kills: Number.MAX_SAFE_INTEGER, errors: 200, anytime: 120, deep: 30 },
} as const;
const deepRestarts = 5;

/** One run that is to be made. */
interface Job {
  readonly name: string;
  readonly point?: Point;
  run(stage: Stage, number: number): Promise<CycleResult>;
}

/** Runs the sweep and prints as it goes; true when nothing was violated. */
export async function sweep(
  options: CrashOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const random = createRandom(options.seed);
  const stage = await openStage(options.program);
  try {
    const traced = canTrace();
    if (!traced) print('strace is not here or may not trace: only kills at times of chance');
    const observed = traced ? await observe(stage, 1) : [];
    const blind = traced ? unseen(observed) : [];
    if (blind.length > 0) print(`the story never called ${blind.join(', ')}: the sweep is blind`);
    const jobs = plan(options, observed, random);
    const tally = new Tally(
      observed,
      jobs.flatMap(({ point }) => (point ? [point] : [])),
    );
    await runJobs({ stage, jobs, tally, print }, options.minutesMax * 60_000);
    for (const line of tally.lines()) print(line);
    return tally.isClean() && blind.length === 0;
  } finally {
    await stage.close();
  }
}

function plan(
  { form, shard, point: only }: CrashOptions,
  observed: readonly Observed[],
  random: Random,
): readonly Job[] {
  const amount = amounts[form];
  const kills = killPoints(observed);
  const errors = errorPoints(observed);
  if (only !== undefined) {
    const points = [...kills, ...errors].filter(({ name }) => name === only);
    if (points.length === 0) throw new Error(`--point ${only}: there is no such point`);
    return points.map(toJob);
  }
  const points = [
    ...strided(kills, amount.kills, random),
    ...strided(errors, amount.errors, random),
  ].map(toJob);
  const chance = [
    ...Array.from({ length: amount.anytime }, () => anytime(random, 0)),
    ...Array.from({ length: amount.deep }, () => anytime(random, deepRestarts)),
  ];
  const all = random.shuffled([...points, ...chance]);
  return all.filter((_, index) => index % shard.of === shard.part - 1);
}

function toJob(point: Point): Job {
  const isKill = point.fault.effect.startsWith('kill');
  const run = isKill ? killAt : failAt;
  return { name: point.name, point, run: (stage, number) => run(stage, number, point) };
}

function anytime(random: Random, deep: number): Job {
  const seed = random.whole(2 ** 31);
  return {
    name: `anytime/${seed}/deep-${deep}`,
    run: (stage, number) => killAnytime(stage, number, { random: createRandom(seed), deep }),
  };
}

interface Running {
  readonly stage: Stage;
  readonly jobs: readonly Job[];
  readonly tally: Tally;
  readonly print: (line: string) => void;
}

/** One after the other: two at once would disturb each other's times. */
async function runJobs({ stage, jobs, tally, print }: Running, msMax: number): Promise<void> {
  const end = performance.now() + msMax;
  for (const [index, job] of jobs.entries()) {
    if (performance.now() > end) {
      tally.leftOut = jobs.length - index;
      return;
    }
    try {
      const result = await job.run(stage, 10 + index);
      tally.add(result, job.point);
      for (const { assertion, text } of result.account.violations) {
        print(`VIOLATED ${assertion} at ${job.name}: ${text}`);
      }
      if (result.account.violations.length > 0) print(`said by the program: ${result.complaints}`);
    } catch (error) {
      tally.broken.push(job.name);
      print(`BROKEN ${job.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
