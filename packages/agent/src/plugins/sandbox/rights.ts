// Owns what a sandbox is asked for: the rights of one process, and the real paths behind them.
// Refuses rights that cannot be held: code that its plugin may write, and the machine's own folders.

import { lstat, realpath } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { isAbsolute, join, sep } from 'node:path';
import { AgentError } from '@opencomputer/contracts';

/** What a process may use at most. */
export interface SandboxLimits {
  /** Of all its processes together where control groups are, else of each. */
  readonly memoryMb: number;
  /** Processor cores; 0.5 is half of one. */
  readonly cpuShare: number;
  /** Processes and threads together: a Node program alone has about 12. */
  readonly processesMax: number;
  /** Of its scratch folder and its storage together, and of any one file. */
  readonly diskMb: number;
  /** Open files of each process. */
  readonly filesMax: number;
}

/** The folders that are the plugin's own; together they are bounded by `diskMb`. */
export interface SandboxScratch {
  /** HOME and working folder on the host; unset: HOME is in memory and ends with the process. */
  readonly home: string | undefined;
  readonly storage: readonly string[];
}

/** Takes the connections that a process opens to its proxy. */
export interface SandboxNetwork {
  /** Gets each accepted connection; must not throw, and owns the socket from then on. */
  connect(socket: Socket): void;
}

/** What one process may reach. A path that does not exist grants nothing. */
export interface SandboxRights {
  /** Its own code and runtime, read-only. */
  readonly code: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Files below /dev. */
  readonly devices: readonly string[];
  readonly scratch: SandboxScratch;
  readonly network: 'none' | SandboxNetwork;
  readonly limits: SandboxLimits;
}

/** One path as it is shown inside: `source` is real, `target` is the name that it was granted by. */
export interface Grant {
  readonly source: string;
  readonly target: string;
  readonly access: 'read' | 'write' | 'device';
}

/** Folders of the machine that no plugin gets whole, and below which none gets anything. */
const NEVER_WHOLE = ['/', '/etc', '/home', '/root', '/run', '/tmp', '/usr', '/var'];
/** Shown to everybody, read-only. */
export const SYSTEM_FOLDERS: readonly string[] = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
];
const NEVER_INSIDE = ['/dev', '/proc', '/sys'];

/**
 * Resolves every path once; what is bound later is what was found here. Outer folders come first.
 * Throws PLUGIN_SANDBOX when the rights contradict each other.
 */
export async function resolveRights(plugin: string, rights: SandboxRights): Promise<Grant[]> {
  const { home, storage } = rights.scratch;
  const own = [...storage, ...(home === undefined ? [] : [home])];
  const written = await resolveAll(plugin, [...own, ...rights.write], 'write');
  const code = await resolveAll(plugin, rights.code, 'read');
  const read = await resolveAll(plugin, rights.read, 'read');
  for (const { source } of code) {
    const folder = written.find((grant) => isWithin(source, grant.source));
    if (folder !== undefined) {
      throw refusal(plugin, `its code ${source} lies in ${folder.source}, which it may write`);
    }
  }
  // What lies in a folder that it may write is reached there. A mount of its own would be made
  // through names that the plugin could have changed in an earlier run.
  const grants = new Map<string, Grant>();
  for (const grant of outermost(written)) grants.set(grant.target, grant);
  for (const grant of [...code, ...read]) {
    const isCovered = written.some(
      ({ source, target }) => isWithin(grant.source, source) || isWithin(grant.target, target),
    );
    if (!isCovered) grants.set(grant.target, grant);
  }
  for (const grant of await resolveDevices(plugin, rights.devices)) grants.set(grant.target, grant);
  const all = [...grants.values()];
  return all
    .filter((grant) => !isShownAnyway(grant, all))
    .toSorted((a, b) => (a.target < b.target ? -1 : 1));
}

/** Parts of the system, and links that are seen as links in what surrounds them. */
function isShownAnyway({ source, target, access }: Grant, all: readonly Grant[]): boolean {
  const isSystems = (path: string): boolean =>
    SYSTEM_FOLDERS.some((folder) => isWithin(path, folder));
  if (isSystems(target)) return target !== source || access === 'read';
  return (
    target !== source &&
    all.some((other) => other.target !== target && isWithin(target, other.target))
  );
}

/** True when `path` is `folder` or lies in it; both are absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The refusal of a sandbox: `problem` is a sentence without its full stop. */
export function refusal(plugin: string, problem: string): AgentError {
  return new AgentError('PLUGIN_SANDBOX', { plugin, problem });
}

async function resolveAll(
  plugin: string,
  paths: readonly string[],
  access: 'read' | 'write',
): Promise<readonly Grant[]> {
  const grants: Grant[] = [];
  for (const path of paths) {
    if (!isAbsolute(path)) throw refusal(plugin, `${path} is not an absolute path`);
    const target = join(path);
    const source = await realPath(target);
    if (source === undefined) continue;
    const isMachines = [source, target].some(
      (each) => NEVER_WHOLE.includes(each) || NEVER_INSIDE.some((folder) => isWithin(each, folder)),
    );
    if (isMachines) throw refusal(plugin, `${path} is the machine's own and is never granted`);
    grants.push({ source, target: source, access });
    if (target !== source) grants.push({ source, target, access });
  }
  return grants;
}

async function resolveDevices(plugin: string, paths: readonly string[]): Promise<Grant[]> {
  const grants: Grant[] = [];
  for (const path of paths) {
    const source = await realPath(path);
    if (source === undefined) continue;
    const status = await lstat(source);
    const isDevice = status.isCharacterDevice() || status.isBlockDevice();
    if (!isDevice || !isWithin(source, '/dev')) throw refusal(plugin, `${path} is no device`);
    grants.push({ source, target: source, access: 'device' });
  }
  return grants;
}

/** Without those that lie in another one, by name or in truth. */
function outermost(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter(
    (grant) =>
      !grants.some(
        (other) => other.target !== grant.target && isWithin(grant.target, other.target),
      ),
  );
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    // It is gone, or not for us to see: either way there is nothing to grant.
    return undefined;
  }
}
