// Owns the control groups of plugins (cgroup v1 and v2): found once, one group for each process,
// removed at its end. Refuses to move our own process, and a group in which a limit was not accepted.

import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '@opencomputer/contracts';
import { kernelFile } from './kernel-file.ts';

/** What a group may bound. */
export type Controller = 'memory' | 'pids' | 'cpu';

/** Folders in which groups can be made; v2 has one for all controllers, v1 one for each. */
export interface ControlGroupPlaces {
  readonly version: 1 | 2;
  readonly folders: ReadonlyMap<Controller, string>;
}

/** The bounds of one group. `processes` counts threads too, as the kernel does. */
export interface GroupLimits {
  readonly memoryMb: number;
  readonly cpuShare: number;
  readonly processesMax: number;
}

/** One group: what a process writes itself into, and the end of it. */
export interface ControlGroup {
  /** Files into which a process writes 0 to join, before it does anything else. */
  readonly joinFiles: readonly string[];
  /** Kills what is left inside and removes the group; tries again for a second. */
  remove(clock: Clock): void;
}

const CONTROLLERS: readonly Controller[] = ['memory', 'pids', 'cpu'];
const PREFIX = 'opencomputer-';
const CPU_PERIOD_US = 100_000;
/** The kernel refuses a smaller quota. */
const CPU_QUOTA_US_MIN = 1_000;
const REMOVE_TRIES_MAX = 20;
const REMOVE_DELAY_MS = 50;
const BYTES_PER_MB = 1_048_576;

/**
 * Where groups can be made, or undefined: nothing is mounted, nothing is delegated. `root` is `/`
 * outside of tests. A group is tried in each place, so a place that is listed works.
 */
export function findControlGroups(root: string, processId: number): ControlGroupPlaces | undefined {
  const own = kernelFile(join(root, 'proc/self/cgroup'));
  const mounts = kernelFile(join(root, 'proc/self/mountinfo'));
  const folders = new Map<Controller, string>();
  for (const { version, controllers, folder } of hierarchies(own, mounts)) {
    for (const place of [folder, dirname(folder)].map((path) => join(root, path))) {
      const found = usable(place, { version, controllers, processId });
      for (const controller of found) if (!folders.has(controller)) folders.set(controller, place);
      if (found.length > 0) break;
    }
    if (version === 2 && folders.has('memory')) return { version, folders };
    if (version === 2) folders.clear();
  }
  return folders.size === 0 ? undefined : { version: 1, folders };
}

interface Hierarchy {
  readonly version: 1 | 2;
  readonly controllers: readonly Controller[];
  readonly folder: string;
}

/** Our own group in each hierarchy, v2 first. */
function hierarchies(own: string, mounts: string): readonly Hierarchy[] {
  const lines = mounts.split('\n').map((line) => line.split(' '));
  return own
    .split('\n')
    .toReversed()
    .flatMap((line): Hierarchy[] => {
      const [, names = '', ...rest] = line.split(':');
      if (rest.length === 0) return [];
      const version = names === '' ? 2 : 1;
      const controllers = CONTROLLERS.filter(
        (name) => version === 2 || names.split(',').includes(name),
      );
      const mount = lines.find((fields) => {
        const after = fields.slice(fields.indexOf('-') + 1);
        return version === 2
          ? after[0] === 'cgroup2'
          : after[0] === 'cgroup' &&
              controllers.some((name) => after[2]?.split(',').includes(name));
      });
      const [mountRoot, mountPoint] = [mount?.[3], mount?.[4]];
      if (controllers.length === 0 || mountRoot === undefined || mountPoint === undefined)
        return [];
      const path = rest.join(':');
      const inside = path.startsWith(mountRoot) ? path.slice(mountRoot.length) : path;
      return [{ version, controllers, folder: join(mountPoint, inside) }];
    })
    .toSorted((a, b) => b.version - a.version);
}

/** The controllers that a new group in this folder really has. */
function usable(
  folder: string,
  of: Omit<Hierarchy, 'folder'> & { readonly processId: number },
): readonly Controller[] {
  const trial = join(folder, `${PREFIX}${of.processId}-trial`);
  try {
    if (of.version === 2) {
      const file = join(folder, 'cgroup.subtree_control');
      const enabled = new Set(readFileSync(file, 'utf8').trim().split(' '));
      const missing = of.controllers.filter((name) => !enabled.has(name));
      // The kernel refuses this where processes live in the folder itself: then it is no place.
      if (missing.length > 0) writeFileSync(file, missing.map((name) => `+${name}`).join(' '));
      // Who joins needs the right to leave: to write the list of processes of the common ancestor.
      writeFileSync(join(folder, 'cgroup.procs'), '', { flag: 'r+' });
    }
    mkdirSync(trial);
    rmdirSync(trial);
    return of.controllers;
  } catch {
    return [];
  }
}

/**
 * Makes a group with these limits. Throws when a limit is not accepted; nothing is left behind then.
 * `name` must be unique among running processes.
 */
export function makeControlGroup(
  places: ControlGroupPlaces,
  name: string,
  limits: GroupLimits,
): ControlGroup {
  const folders = [...new Set(places.folders.values())].map((folder) =>
    join(folder, `${PREFIX}${name}`),
  );
  const group: ControlGroup = {
    joinFiles: folders.map((folder) => join(folder, 'cgroup.procs')),
    remove: (clock) => removeGroups(folders, clock, REMOVE_TRIES_MAX),
  };
  try {
    for (const folder of folders) mkdirSync(folder);
    for (const [controller, parent] of places.folders) {
      const folder = join(parent, `${PREFIX}${name}`);
      for (const [file, value] of settings(places.version, controller, limits)) {
        writeFileSync(join(folder, file), value);
      }
      if (controller === 'memory') boundSwap(places.version, folder, limits);
    }
    return group;
  } catch (error) {
    for (const folder of folders) removeFolder(folder);
    throw error;
  }
}

function settings(
  version: 1 | 2,
  controller: Controller,
  { memoryMb, cpuShare, processesMax }: GroupLimits,
): readonly (readonly [string, string])[] {
  const quota = String(Math.max(CPU_QUOTA_US_MIN, Math.round(cpuShare * CPU_PERIOD_US)));
  const bytes = String(memoryMb * BYTES_PER_MB);
  if (controller === 'pids') return [['pids.max', String(processesMax)]];
  if (controller === 'cpu') {
    return version === 2
      ? [['cpu.max', `${quota} ${CPU_PERIOD_US}`]]
      : [
          ['cpu.cfs_period_us', String(CPU_PERIOD_US)],
          ['cpu.cfs_quota_us', quota],
        ];
  }
  return version === 2
    ? [
        ['memory.max', bytes],
        ['memory.oom.group', '1'],
      ]
    : [['memory.limit_in_bytes', bytes]];
}

/** Swap would be a second memory; kernels without accounting of it are told not to use it. */
function boundSwap(version: 1 | 2, folder: string, { memoryMb }: GroupLimits): void {
  const [file, value] =
    version === 2
      ? ['memory.swap.max', '0']
      : ['memory.memsw.limit_in_bytes', String(memoryMb * BYTES_PER_MB)];
  try {
    writeFileSync(join(folder, file), value, { flag: 'r+' });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    if (version === 1) writeFileSync(join(folder, 'memory.swappiness'), '0');
  }
}

/** Removes groups of runs that were killed; their processes ended with them. */
export function sweepControlGroups(
  places: ControlGroupPlaces,
  isAlive: (processId: number) => boolean,
): number {
  let removed = 0;
  for (const folder of new Set(places.folders.values())) {
    for (const name of readdirSync(folder)) {
      const processId = Number(/^opencomputer-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
      if (Number.isNaN(processId) || isAlive(processId)) continue;
      if (removeFolder(join(folder, name))) removed += 1;
    }
  }
  return removed;
}

function removeGroups(folders: readonly string[], clock: Clock, triesLeft: number): void {
  const left = folders.filter((folder) => !removeFolder(folder));
  if (left.length === 0 || triesLeft === 0) return;
  for (const folder of left) killMembers(folder);
  clock.after(REMOVE_DELAY_MS, () => removeGroups(left, clock, triesLeft - 1));
}

/** False when something still lives in it; the next start sweeps what is never removed. */
function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

function killMembers(folder: string): void {
  for (const line of kernelFile(join(folder, 'cgroup.procs')).split('\n')) {
    const processId = Number(line);
    if (processId <= 1) continue;
    try {
      process.kill(processId, 'SIGKILL');
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
