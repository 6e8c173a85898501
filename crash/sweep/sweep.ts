// Owns the sweep: the look at a run without faults, then a run for each point, and the tally of it
// all. Refuses to call itself done when points were left out: it says how many.

import { availableParallelism } from 'node:os';
import type { CrashOptions } from '../options.ts';
import type { PartResult, Surroundings } from '../part.ts';
import { createProgress } from '../progress.ts';
import { createRandom } from '../random.ts';
import type { Random } from '../random.ts';
import { openStage } from '../story/home.ts';
import type { Stage } from '../story/home.ts';
import { failAt, killAnytime, killAt } from './cycle.ts';
import type { CycleResult } from './cycle.ts';
import { observe } from './observe.ts';
import { errorPoints, killPoints, strided, unseen } from './plan.ts';
import type { Observed, Point } from './plan.ts';
import { isStuck, Tally } from './tally.ts';
import { canTrace } from './tracer.ts';

/** How much of each kind one form does; `least` points of each call of each thread, where it has them. */
const amounts = {
  quick: { kills: 9, errors: 3, least: 1, anytime: 5, deep: 1 },
  full: { kills: 500, errors: 120, least: 8, anytime: 60, deep: 15 },
} as const;
const deepRestarts = 5;
/** Runs at the same time: most of a run is waiting. More would disturb each other's times. */
const lanesMax = 2;
/** A run that has begun takes at most about this long, and is not cut off. */
const runMsMax = 30_000;

/** One run that is to be made. */
interface Job {
  readonly name: string;
  readonly point?: Point;
  run(stage: Stage, number: number): Promise<CycleResult>;
}

/** Runs the sweep and prints as it goes. */
export async function sweep(
  options: CrashOptions,
  { endsAt, print }: Surroundings,
): Promise<PartResult> {
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
    const lanes = options.shard.of > 1 ? 1 : Math.min(lanesMax, availableParallelism());
    await runJobs({ stage, jobs, tally, print, endsAt: endsAt - runMsMax, lanes });
    for (const line of tally.lines()) print(line);
    const figures = [...tally.figures(), ['sweep, by seed', options.seed] as const];
    return { isClean: tally.isClean() && blind.length === 0, figures };
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
    ...strided(kills, { most: amount.kills, least: amount.least }, random),
    ...strided(errors, { most: amount.errors, least: amount.least }, random),
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

interface Running extends Surroundings {
  readonly stage: Stage;
  readonly jobs: readonly Job[];
  readonly tally: Tally;
  readonly lanes: number;
}

/** In so many lanes; what has not begun when the time ends is left out. */
async function runJobs(running: Running): Promise<void> {
  const { jobs, tally, print, endsAt, lanes } = running;
  const waiting = [...jobs.entries()];
  const now = (): number => performance.now();
  const progress = createProgress({ unit: 'runs', of: jobs.length, endsAt, print, now });
  const lane = async (): Promise<void> => {
    while (now() < endsAt) {
      const next = waiting.shift();
      if (next === undefined) return;
      await runJob(running, ...next);
      progress(jobs.length - waiting.length - lanes + 1);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  tally.leftOut = waiting.length;
}

async function runJob({ stage, tally, print }: Running, index: number, job: Job): Promise<void> {
  try {
    const result = await job.run(stage, 10 + index);
    tally.add(result, job.point);
    const { violations } = result.account;
    for (const { assertion, text } of violations) {
      print(`VIOLATED ${assertion} at ${job.name}: ${text}`);
    }
    if (isStuck(result, job.point)) print(`NOT AGAIN without a restart: ${job.name}`);
    else if (violations.length === 0) return;
    print(`said by the program: ${result.complaints}`);
  } catch (error) {
    tally.broken.push(job.name);
    print(`BROKEN ${job.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
