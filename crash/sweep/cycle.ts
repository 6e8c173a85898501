// Owns one run of the story with one fault: the fault, the restart, the waiting for the end, the
// accounts. Refuses to go on with a home that a run has used.

import { NotReadyError, startAgent, threadsOf } from '../agent/fixtures/agent-process.ts';
import type { AgentHome, RunningAgent } from '../agent/fixtures/agent-process.ts';
import type { Random } from '../random.ts';
import { account, pushedOf, pushesDue } from '../story/account.ts';
import type { Account } from '../story/account.ts';
import type { Stage } from '../story/home.ts';
import { createStory, isSettled, play } from '../story/play.ts';
import type { Story } from '../story/play.ts';
import type { World } from '../story/world.ts';
import { readRows } from '../story/fixtures/rows.ts';
import type { Point } from './plan.ts';
import { attach, heldAtExit, wordsFor } from './tracer.ts';

/** What became of one run. */
export interface CycleResult {
  readonly name: string;
  /** The fault happened; false: its point was not reached, and the daemon was killed at the end. */
  readonly hit: boolean;
  readonly kills: number;
  /** From the end of a killed daemon to the line `ready` of the next, milliseconds. */
  readonly readyMs: readonly number[];
  readonly account: Account;
  /** Milliseconds from the end of an error to the last answer, without a restart. */
  readonly againMs?: number;
  readonly complaints: string;
}

/** Milliseconds of the story after which everything has happened. */
const storyMs = 1_800;
/** How long a disk stays bad. */
const errorMs = 1_500;
/** The second channel has this long after the last answer: a failed delivery is tried again. */
const pushedMsMax = 10_000;
const pollMs = 50;

/** A run, with what it collects. */
class Run {
  readonly story: Story;
  readonly home: AgentHome & { remove(): void };
  readonly readyMs: number[] = [];
  kills = 0;
  hit = false;
  againMs: number | undefined;
  complaints = '';

  constructor(stage: Stage, number: number) {
    this.story = createStory(number);
    this.home = stage.home();
  }

  start(more: Pick<AgentHome, 'under' | 'killWhen'> = {}): Promise<RunningAgent> {
    return startAgent({ ...this.home, ...more });
  }

  async killed(agent: RunningAgent): Promise<void> {
    await agent.kill();
    this.kills += 1;
    this.complaints += agent.complaints();
  }

  /** The last life: everything that is open comes to its end in it. */
  async settle({ world }: Stage): Promise<void> {
    const agent = await this.start();
    if (this.kills > 0) this.readyMs.push(agent.readyMs);
    await play(this.story, agent, this.home);
    await pushed(this.story, world);
    await agent.kill(this.kills % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
    this.complaints += agent.complaints();
  }

  result(name: string, stage: Stage): CycleResult {
    const { story, home, kills, hit, readyMs, againMs, complaints } = this;
    const rows = readRows(home.folder);
    home.remove();
    const accounts = account(story, rows, stage.world.ledger.entries());
    const again = againMs === undefined ? {} : { againMs };
    return { name, hit, kills, readyMs, account: accounts, complaints, ...again };
  }
}

/** Kills at one point of the sweep. */
export async function killAt(stage: Stage, number: number, point: Point): Promise<CycleResult> {
  const run = new Run(stage, number);
  if (point.phase === 'start') {
    const first = await run.start();
    await play(run.story, first, { ...run.home, msMax: 150 + ((number * 97) % storyMs) });
    await run.killed(first);
    run.hit = await startAndDie(run, point);
  } else {
    const agent = await run.start();
    const threads = threadsNamed(agent.pid, point.thread);
    const tracer = await attach({ pid: agent.pid, threads }, point.fault);
    await play(run.story, agent, run.home);
    run.hit = agent.gone.aborted;
    await run.killed(agent);
    await tracer.detach();
  }
  await run.settle(stage);
  return run.result(point.name, stage);
}

/** True when the start did not survive the fault. */
async function startAndDie(run: Run, { fault }: Point): Promise<boolean> {
  try {
    const agent = await run.start({ under: wordsFor(fault), killWhen: heldAtExit });
    await run.killed(agent);
    return false;
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    run.kills += 1;
    return true;
  }
}

/** Makes the disk fail at one point, for once or for a while; then it must work without a restart. */
export async function failAt(stage: Stage, number: number, point: Point): Promise<CycleResult> {
  const run = new Run(stage, number);
  const agent = await run.start();
  const threads = threadsNamed(agent.pid, point.thread);
  const tracer = await attach({ pid: agent.pid, threads }, point.fault);
  await play(run.story, agent, { ...run.home, msMax: errorMs });
  await tracer.detach();
  run.hit = tracer.hit();
  if (!agent.gone.aborted) {
    const from = performance.now();
    const later = { ...createStory(number, 'later'), heard: run.story.heard };
    await play(later, agent, run.home);
    if (isSettled(later)) run.againMs = performance.now() - from;
  }
  await run.killed(agent);
  await run.settle(stage);
  return run.result(point.name, stage);
}

/** Kills at an instant of chance; with `deep`, so many restarts are killed while they recover. */
export async function killAnytime(
  stage: Stage,
  number: number,
  { random, deep }: { readonly random: Random; readonly deep: number },
): Promise<CycleResult> {
  const run = new Run(stage, number);
  const first = await run.start();
  await play(run.story, first, { ...run.home, msMax: random.whole(storyMs) });
  await run.killed(first);
  for (let depth = 0; depth < deep; depth += 1) await startAndKill(run, random.whole(900));
  run.hit = true;
  await run.settle(stage);
  return run.result(`anytime/${number}/deep-${deep}`, stage);
}

/** A start that is killed after so many milliseconds, ready or not. */
async function startAndKill(run: Run, afterMs: number): Promise<void> {
  const seconds = (afterMs / 1000).toFixed(3);
  try {
    const agent = await run.start({ under: ['timeout', '-s', 'KILL', seconds] });
    run.readyMs.push(agent.readyMs);
    await play(run.story, agent, run.home);
    await agent.ended;
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
  }
  run.kills += 1;
}

/** Waits until the second channel has everything; what is missing then is for the accounts. */
async function pushed(story: Story, { ledger }: World): Promise<void> {
  for (let waitedMs = 0; waitedMs < pushedMsMax; waitedMs += pollMs) {
    const entries = ledger.entries();
    if (story.spoken.every((one) => pushedOf(entries, one).size >= pushesDue(story, one))) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function threadsNamed(pid: number, name: string): readonly number[] {
  return threadsOf(pid).flatMap((thread) => (thread.name === name ? [thread.id] : []));
}
