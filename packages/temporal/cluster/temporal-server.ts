// Owns a Temporal server for a test: the full server over PostgreSQL, with schema and namespace, which
// can be killed and started again. Refuses to be anything but temporary.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** A server that takes requests. */
export interface TemporalServer {
  /** `host:port`. */
  readonly address: string;
  /** Kills it without a word and starts it again; resolves when it takes requests. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Where a server is put. */
export interface TemporalPlace {
  /** The program of the server; its `temporal-sql-tool` lies beside it. */
  readonly program: string;
  /** PostgreSQL on a port of loopback, whose user `postgres` needs no password. */
  readonly databasePort: number;
  /** For its configuration and its log. */
  readonly folder: string;
}

const readyMsMax = 60_000;
const lookMs = 100;
const schemas = {
  temporal: 'postgresql/v12/temporal',
  temporal_visibility: 'postgresql/v12/visibility',
};
/** Four services and the port of each for the others. */
const portCount = 8;

/** Starts a server on free ports. Rejects with its last words when it does not come up. */
export async function startTemporalServer(place: TemporalPlace): Promise<TemporalServer> {
  createSchemas(place);
  const ports = await freePorts(portCount);
  const file = join(place.folder, 'temporal.json');
  writeFileSync(file, JSON.stringify(configurationOf(place.databasePort, ports)));
  const address = `127.0.0.1:${ports[0] ?? 0}`;
  const begin = async (): Promise<ChildProcess> => {
    const words = ['--config-file', file, '--allow-no-auth', 'start'];
    const log = openSync(join(place.folder, 'temporal.log'), 'a');
    const child = spawn(place.program, words, { stdio: ['ignore', log, log] });
    closeSync(log);
    const kill = (): boolean => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
    await untilReady(address, child);
    return child;
  };
  let server = await begin();
  return {
    address,
    restart: async () => {
      await end(server, 'SIGKILL');
      server = await begin();
    },
    stop: () => end(server, 'SIGKILL'),
  };
}

function createSchemas({ program, databasePort }: TemporalPlace): void {
  const tool = join(dirname(program), 'temporal-sql-tool');
  const server = ['--plugin', 'postgres12', '--endpoint', '127.0.0.1', '--user', 'postgres'];
  for (const [database, schema] of Object.entries(schemas)) {
    const place = [...server, '--port', String(databasePort), '--database', database];
    for (const words of [
      ['create-database'],
      ['setup-schema', '-v', '0.0'],
      ['update-schema', '--schema-name', schema],
    ]) {
      const { status, stdout, stderr } = spawnSync(tool, [...place, ...words], {
        encoding: 'utf8',
        env: { SQL_PASSWORD: 'none' },
      });
      if (status !== 0) throw new Error(`${tool} ${words[0]}: ${(stdout + stderr).slice(-2_000)}`);
    }
  }
}

function configurationOf(databasePort: number, ports: readonly number[]): object {
  const [frontend, matching, history, worker, ...membership] = ports;
  const store = (databaseName: string, maxConns: number): object => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${databasePort}`,
      connectProtocol: 'tcp',
      user: 'postgres',
      password: 'none',
      maxConns,
      maxIdleConns: maxConns,
    },
  });
  const rpc = (grpcPort: number | undefined, index: number): object => ({
    rpc: { grpcPort, membershipPort: membership[index], bindOnLocalHost: true },
  });
  const self = { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend' };
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { main: store('temporal', 20), visibility: store('temporal_visibility', 4) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: rpc(frontend, 0),
      matching: rpc(matching, 1),
      history: rpc(history, 2),
      worker: rpc(worker, 3),
    },
    clusterMetadata: {
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: { active: { ...self, rpcAddress: `127.0.0.1:${frontend}` } },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  };
}

/** Until it serves, and serves the namespace, which is made the first time. */
async function untilReady(address: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + readyMsMax;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      await prepare(address);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await delay(lookMs);
    }
  }
}

async function prepare(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    const { workflowService } = connection;
    const { namespaces } = await workflowService.listNamespaces({});
    const namespace = 'default';
    if (namespaces.some(({ namespaceInfo }) => namespaceInfo?.name === namespace)) {
      // Known to the database, but not yet to a frontend that has just started.
      await workflowService.describeNamespace({ namespace });
      await workflowService.listOpenWorkflowExecutions({ namespace, maximumPageSize: 1 });
      return;
    }
    const workflowExecutionRetentionPeriod = { seconds: retentionSeconds };
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    throw new Error('the namespace is new');
  } finally {
    await connection.close();
  }
}

/** A day, as protobuf's 64-bit numbers are given. */
const retentionSeconds = { low: 86_400, high: 0, unsigned: false } as never;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** Temporal keeps a port in a `smallint`; below are also none that the system gives out by itself. */
const portMin = 10_000;
const portMax = 32_000;

/** Ports of loopback that are free now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(portMin, portMax);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
