// Owns `npm run test:cluster`: a cluster under load whose processes are killed at random and whose
// engine's server is restarted, and the accounts after it. Refuses to pass when the identity fails.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requirement, startTemporaryPostgresql } from '@opencomputer/testkit';
import { Client, Connection } from '@temporalio/client';
import { createRandom } from '../../../crash/random.ts';
import { account, pendingIn, timersIn, turnsIn } from './account.ts';
import type { Account, Traces } from './account.ts';
import { startLoad } from './fixtures/load.ts';
import { Member } from './fixtures/member.ts';
import { parseOptions } from './options.ts';
import type { ClusterTestOptions } from './options.ts';
import { buildCopy } from './fixtures/program.ts';
import { takeoverTimes } from './takeover.ts';
import type { Kill } from './takeover.ts';
import { freePorts, startTemporalServer } from './fixtures/temporal-server.ts';
import type { TemporalServer } from './fixtures/temporal-server.ts';
import { startWorld } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

const connectionsMax = 200;
/** Milliseconds between a process that is back and the next kill. */
const calmMsMin = 300;
const calmMsMax = 2_500;
const drainMsMax = 10 * 60_000;
const lookMs = 500;
const onceServer = join(import.meta.dirname, '../../../crash/fixtures/once-server.ts');

interface Stage {
  readonly server: TemporalServer;
  readonly world: World;
  readonly members: readonly Member[];
  readonly postgres: string;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

/** What is printed. */
interface Report extends Account {
  readonly killed: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly serverRestarts: number;
  readonly seconds: number;
  readonly takeovers: number;
  readonly takeoverMsP50: number | undefined;
  readonly takeoverMsP95: number | undefined;
  readonly takeoverMsMax: number | undefined;
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  const postgres = requirement('postgresql');
  const temporal = requirement('temporal');
  if (postgres === undefined || temporal === undefined) {
    console.error('The cluster test needs PostgreSQL and a Temporal server; see the README.');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'oc-cluster-'));
  const stage = await openStage({ folder, postgres, temporal });
  try {
    const report = await run(stage, options);
    print(report, options);
    return report.problems.length === 0 && report.pending === 0 ? 0 : 1;
  } finally {
    await stage.close();
    if (options.keep) console.error(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

async function openStage(place: {
  readonly folder: string;
  readonly postgres: string;
  readonly temporal: string;
}): Promise<Stage> {
  const { folder, postgres, temporal } = place;
  const [port = 0] = await freePorts(1);
  const database = await startTemporaryPostgresql(postgres, { port, connectionsMax });
  const server = await startTemporalServer({ program: temporal, databasePort: port, folder });
  const entry = await buildCopy(join(folder, 'program'));
  const world = await startWorld(join(folder, 'ledger'));
  const parts = {
    entry,
    folder,
    databaseUrl: database.url,
    temporalAddress: server.address,
    rootKeyFile: join(folder, 'root.key'),
    environment: {
      OPENAI_BASE_URL: world.model.url,
      OPENAI_MODEL: 'test-1',
      OPENAI_API_KEY: 'cluster',
    },
    configuration: configurationText(),
  };
  const members = [
    new Member(parts, 'gateway-1', 'gateway'),
    new Member(parts, 'gateway-2', 'gateway'),
    new Member(parts, 'worker-1', 'worker'),
    new Member(parts, 'worker-2', 'worker'),
  ];
  // The first makes the tables and the root key.
  for (const member of members) await member.start();
  const close = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.end('SIGKILL')));
    await world.close();
    await server.stop();
    await database.stop();
  };
  return { server, world, members, postgres, databaseUrl: database.url, close };
}

function configurationText(): string {
  const plugin = (name: string): string =>
    `  ${name}:\n    command: ${process.execPath}\n    arguments: [${onceServer}]\n    trust: true\n`;
  const allow = 'policy:\n  allow: [keyed/keyed_post, once/once_post]\n';
  return `${allow}plugins:\n${plugin('once')}${plugin('asked')}`;
}

async function run(stage: Stage, options: ClusterTestOptions): Promise<Report> {
  const began = performance.now();
  const random = createRandom(options.seed);
  const { members, world, postgres, databaseUrl } = stage;
  const gateways = members.filter(({ role }) => role === 'gateway');
  const load = startLoad({ gateways, random: random.next, conversations: options.conversations });
  const { kills, restarted } = await disturb(stage, options, random.next);
  await load.stop();
  const { ledger } = world;
  const traces = (): Traces => ({
    postgres,
    databaseUrl,
    said: load.said,
    entries: ledger.entries(),
  });
  await drained(traces());
  const times = await takeovers(stage, kills, traces());
  return {
    ...account(traces()),
    kills: counts(kills),
    killed: kills.length,
    serverRestarts: restarted,
    seconds: Math.round((performance.now() - began) / 1000),
    takeovers: times.length,
    takeoverMsP50: percentile(times, 0.5),
    takeoverMsP95: percentile(times, 0.95),
    takeoverMsMax: times.at(-1),
  };
}

interface NamedKill extends Kill {
  readonly name: string;
}

interface Disturbance {
  readonly kills: readonly NamedKill[];
  /** How often the server was. */
  readonly restarted: number;
}

/** Kills one of the processes at a time, and the server now and then. */
async function disturb(
  { members, server }: Stage,
  { kills: count, serverRestarts, minutesMax }: ClusterTestOptions,
  random: () => number,
): Promise<Disturbance> {
  const kills: NamedKill[] = [];
  const restartEvery = Math.max(1, Math.floor(count / (serverRestarts + 1)));
  const until = performance.now() + minutesMax * 60_000;
  let restarted = 0;
  for (let index = 1; index <= count && performance.now() < until; index++) {
    await delay(calmMsMin + random() * (calmMsMax - calmMsMin));
    const member = members[Math.floor(random() * members.length)];
    if (member === undefined) continue;
    kills.push({ name: member.name, pid: member.pid, at: Date.now() });
    await member.end('SIGKILL');
    const isDue = index % restartEvery === 0 && restarted < serverRestarts;
    // With the process still down, so that both come back at the same time.
    const restart = isDue ? server.restart() : undefined;
    if (isDue) restarted += 1;
    await Promise.all([restart, startAgain(member)]);
    if (index % 10 === 0) console.error(`${index} of ${count} killed, ${restarted} restarts`);
  }
  return { kills, restarted };
}

const startAttemptsMax = 10;

/** As an operator's supervisor does: again when it could not start, as without the server. */
async function startAgain(member: Member): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await member.start();
      return;
    } catch (error) {
      if (attempt === startAttemptsMax) throw error;
      await delay(1_000);
    }
  }
}

async function drained(traces: Traces): Promise<void> {
  const until = performance.now() + drainMsMax;
  while (pendingIn(traces) + timersIn(traces) > 0 && performance.now() < until) {
    await delay(lookMs);
  }
}

async function takeovers(
  { server }: Stage,
  kills: readonly Kill[],
  traces: Traces,
): Promise<readonly number[]> {
  const connection = await Connection.connect({ address: server.address });
  try {
    const client = new Client({ connection });
    return await takeoverTimes(client, { turns: turnsIn(traces), kills });
  } finally {
    await connection.close();
  }
}

function counts(kills: readonly NamedKill[]): Readonly<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const { name } of kills) result[name] = (result[name] ?? 0) + 1;
  return result;
}

function percentile(ascending: readonly number[], share: number): number | undefined {
  const found = ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))];
  return found === undefined ? undefined : Math.round(found);
}

function print(report: Report, { json, seed }: ClusterTestOptions): void {
  if (json) {
    console.log(JSON.stringify({ seed, ...report }));
    return;
  }
  for (const [name, value] of Object.entries({ seed, ...report })) {
    console.log(`${name.padEnd(18)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  }
}

// What was started ends with this process, which needs its exit to be told.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main();
