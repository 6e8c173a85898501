// Owns putting the driver of a cluster together: steps for the worker, the engine, the driver before
// it. Refuses to load the engine itself: it is handed over, since few installations have it.

import { AgentError } from '@opencomputer/contracts';
import type { ClusterRole, OpenClusterEngine, Sealing } from '@opencomputer/contracts/internal';
import { installationId } from '@opencomputer/contracts/internal';
import { createDriver } from '../driver.ts';
import type { Driver } from '../driver-port.ts';
import type { DriverPorts } from '../ports.ts';
import { createClusterDriver } from './cluster-driver.ts';
import { createClusterSteps } from './cluster-steps.ts';

/** How a process takes part in a cluster. */
export interface ClusterOptions {
  /** `postgresql://user:password@host:port/database`, the same in every process. */
  readonly databaseUrl: string;
  /** The root key of the installation; absent: `root.key` in the data directory. */
  readonly rootKeyFile?: string;
  /** `host:port` of Temporal's server, and its namespace (`default`). */
  readonly address: string;
  readonly namespace?: string;
  readonly roles: readonly ClusterRole[];
}

/** What a driver is made of, in a cluster or alone. */
export interface DriverParts<View> {
  /** Absent: the process is alone. */
  readonly cluster?: ClusterOptions;
  readonly ports: DriverPorts<View>;
  readonly store: { readonly sealing: Sealing; readonly directory: { file(name: string): string } };
  /** The person to whom notices of other processes are shown. */
  readonly person: string;
  /** Fires the timers that are due; gives the milliseconds until the next. */
  readonly fireTimers: () => Promise<number>;
  readonly graceMs: number;
  /** Imports a package by name. */
  readonly load: (name: string) => Promise<unknown>;
}

const engineName = '@opencomputer/temporal';
/** Hexadecimal characters that tell an installation from others on the same server. */
const installationCharacters = 16;

/** Opens the driver. Rejects with ENGINE_MISSING, ENGINE_UNREACHABLE. */
export async function openDriver<View>(parts: DriverParts<View>): Promise<Driver> {
  const { cluster, graceMs, fireTimers, person } = parts;
  if (cluster === undefined) return createDriver(parts.ports);
  const { address, namespace, roles } = cluster;
  const { sealing } = parts.store;
  const openEngine = await loadEngine(parts.load);
  const { report } = parts.ports;
  const timersKept = (): void => {
    engine.wakeTimers().catch((error: unknown) => report(error, 'engine'));
  };
  const ports = { ...parts.ports, tools: { ...parts.ports.tools, timersKept } };
  const engine = await openEngine({
    address,
    ...(namespace !== undefined && { namespace }),
    key: (await sealing.person(installationId)).deriveKey('temporal'),
    installation: sealing.hash('temporal', 'installation').slice(0, installationCharacters),
    ...(roles.includes('worker') && { steps: createClusterSteps({ ports, fireTimers }) }),
    cacheDirectory: parts.store.directory.file('cache'),
    graceMs,
    report,
  });
  if (roles.includes('worker')) timersKept();
  const isGateway = roles.includes('gateway');
  const keyOf = (conversation: string): string =>
    sealing.hash('temporal-conversation', conversation);
  return createClusterDriver({ ports, engine, keyOf, isGateway, person });
}

async function loadEngine(load: DriverParts<never>['load']): Promise<OpenClusterEngine> {
  let problem = 'it has no openEngine';
  let cause: unknown;
  try {
    const loaded = await load(engineName);
    if (isEngineModule(loaded)) return loaded.openEngine;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    cause = error;
  }
  throw new AgentError('ENGINE_MISSING', { package: engineName, problem }, { cause });
}

function isEngineModule(loaded: unknown): loaded is { readonly openEngine: OpenClusterEngine } {
  if (typeof loaded !== 'object' || loaded === null || !('openEngine' in loaded)) return false;
  return typeof loaded.openEngine === 'function';
}
