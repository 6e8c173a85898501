// Owns one run of a program, inside or outside: its start, what is seen while it runs, its end. Refuses
// to let it run longer than it may, and to leave anything of it behind.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAgentError } from '@opencomputer/contracts';
import { systemClock } from '../packages/agent/src/clock.ts';
import { createReleaseStarter } from '../packages/agent/src/plugins/runtime/index.ts';
import type { MachineFacts } from '../packages/agent/src/plugins/sandbox/index.ts';
import { prepareGround } from './ground.ts';
import { higher, lookAt, nothingSeen } from './looks.ts';
import type { Probe, ProcessView, Seen } from './probe.ts';
import { makeRelease } from './release.ts';
import type { HostileRelease } from './release.ts';
import type { World } from './world.ts';

const RUN_MS_MAX = 8_000;
const LOOK_MS = 100;
/** What arrives at the world after a program's end. */
const SETTLE_MS = 250;
const LOG_CHARACTERS_MAX = 64_000;
/** Of a program that runs outside: it never has more of the machine than this. */
const OUTSIDE_LIMITS = ['--fsize=268435456', '--cpu=20', '--core=0'];

/** How a run came out. */
export interface Outcome {
  readonly succeeded: boolean;
  readonly seen: Seen;
}

/** A program that runs. */
interface Running {
  log(): string;
  /** Why it ended. */
  readonly ended: Promise<string>;
  kill(): Promise<void>;
}

export interface TrialSettings {
  readonly world: World;
  readonly seed: number;
  /** What the sandbox is chosen by. */
  readonly machine: MachineFacts;
}

type Start = (made: HostileRelease, told: string[]) => Promise<Running>;

/** Runs a program plainly, or as a release is started. */
export async function runTrial(
  probe: Probe,
  where: 'outside' | 'inside',
  settings: TrialSettings,
): Promise<Outcome> {
  const { world, seed } = settings;
  world.hits.length = 0;
  world.rules.mode = probe.rights === 'web' ? 'web' : 'host';
  const ground = await prepareGround(world, probe, seed);
  try {
    const made = await makeRelease(probe, ground);
    const start: Start = where === 'outside' ? startPlainly : startEnclosed(settings);
    const told: string[] = [];
    let seen: Seen | undefined;
    for (let starts = probe.starts ?? 1; starts > 0; starts -= 1) {
      const facts = { ...ground.facts, CODE: made.release.directory, ...releaseFact(made) };
      seen = await watch(probe, { ...ground, facts }, async () => start(made, told));
    }
    if (seen === undefined) throw new Error('nothing was run');
    const all = { ...seen, hits: [...world.hits], report: [seen.report, ...told].join('\n') };
    return { succeeded: probe.succeeded(all), seen: all };
  } finally {
    await ground.dispose();
  }
}

function releaseFact({ environment }: HostileRelease): { RELEASE: string } {
  return { RELEASE: environment['G_RELEASE'] ?? '' };
}

/** Looks at a program until it ends, holds still, or its time is up. */
async function watch(
  probe: Probe,
  ground: Seen['ground'],
  start: () => Promise<Running>,
): Promise<Seen> {
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    const report = `${isAgentError(error) ? error.code : ''} ${String(error)}`;
    return { ground, output: '', report, hits: [], processes: [], peak: nothingSeen };
  }
  const began = performance.now();
  let why: string | undefined;
  void running.ended.then((problem) => (why = problem));
  let processes: readonly ProcessView[] = [];
  let peak = nothingSeen;
  for (;;) {
    const now = lookAt(`main-${ground.token}`);
    const isHeld = /^HELD$/m.test(running.log());
    const passedMs = performance.now() - began;
    peak = higher(peak, now, passedMs / 1_000);
    if (now.length > 0) processes = now;
    if (why !== undefined) break;
    if (isHeld || passedMs > (probe.milliseconds ?? RUN_MS_MAX)) {
      // A last look: between the one above and now it may have come to hold.
      processes = lookAt(`main-${ground.token}`);
      peak = higher(peak, processes, passedMs / 1_000);
      why = isHeld ? 'held' : 'ended by the harness';
      break;
    }
    await delay(LOOK_MS);
  }
  await delay(SETTLE_MS);
  const output = running.log();
  const report = `${output}\n${why}`;
  await running.kill();
  return { ground, output, report, hits: [], processes, peak };
}

/** Started like any program: with our environment, our user, our descriptors. */
async function startPlainly({ release, environment }: HostileRelease): Promise<Running> {
  const { manifest, directory } = release;
  const { runtime, entry, command = [] } = manifest;
  const words = {
    python: ['/usr/bin/python3', '-B', join(directory, entry)],
    node: [process.execPath, join(directory, entry)],
  };
  const plain = runtime === 'python' || runtime === 'node' ? words[runtime] : command;
  const complete = plain.map((word) => word.replace('${plugin.root}', directory));
  const child = spawn('prlimit', [...OUTSIDE_LIMITS, '--', ...complete], {
    cwd: environment['G_STORAGE'],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let log = '';
  child.stderr.on('data', (data: Buffer) => {
    log = (log + data.toString('latin1')).slice(-LOG_CHARACTERS_MAX);
  });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  child.once('error', (error) => resolve(error.message));
  child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { log: () => log, ended, kill };
}

/** Started as the host starts a release: store, consent, sandbox, proxy. */
function startEnclosed({ world, machine }: TrialSettings): Start {
  return async ({ content, release, environment }, told) => {
    const data = environment['G_DATA'] ?? '';
    const sandboxes = join(data, 'sandboxes');
    mkdirSync(sandboxes, { recursive: true });
    const start = createReleaseStarter({
      clock: systemClock,
      identifier: randomUUID,
      places: {
        node: process.execPath,
        scratch: join(data, 'scratch'),
        sandboxes,
        home: environment['G_HOME'] ?? '',
        environment: process.env,
      },
      content,
      machine: () => Promise.resolve(machine),
      storage: {
        get: async () => undefined,
        set: async () => undefined,
        delete: async () => undefined,
      },
      configurationOf: () => ({}),
      secretOf: () => Promise.resolve(world.canary),
      localHostsOf: () => [],
      observe: (event) => {
        if (event.name === 'sandbox-breach') told.push(event.problem);
      },
    });
    const connection = await start(release, {
      folders: [],
      storage: [environment['G_STORAGE'] ?? ''],
    });
    const call = new AbortController();
    const ended = Promise.race([
      connection.lost,
      // A program that is run for each call begins with its call.
      ...(release.manifest.runtime === 'command'
        ? [
            connection
              .call({
                tool: 'try',
                input: {},
                signal: call.signal,
                onService: () => Promise.reject(new Error('there is none')),
              })
              .then((answer) => JSON.stringify(answer)),
          ]
        : []),
    ]);
    const kill = async (): Promise<void> => {
      call.abort();
      await connection.kill();
    };
    return { log: () => connection.log, ended, kill };
  };
}
