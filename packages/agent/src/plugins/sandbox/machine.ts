// Owns the facts about a machine that decide which sandbox it can have. Refuses to look twice, and to
// believe that a program works because it is there: bubblewrap is run once.

import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findControlGroups } from './control-groups.ts';
import type { ControlGroupPlaces } from './control-groups.ts';
import { kernelFile } from './kernel-file.ts';

const run = promisify(execFile);

/** Programs that sandboxes are made of, by their absolute paths. */
export type ProgramName =
  | 'bwrap'
  | 'docker'
  | 'env'
  | 'nsenter'
  | 'podman'
  | 'prlimit'
  | 'runsc'
  | 'sandbox-exec'
  | 'setpriv'
  | 'sh'
  | 'systemd-run';

/** What bubblewrap can do here. */
export interface BubblewrapFacts {
  /** Why it does not work; empty when it does. */
  readonly problem: string;
  /** It binds what a descriptor names, so that nothing can be exchanged under way. */
  readonly bindsDescriptors: boolean;
  readonly disablesUserNamespaces: boolean;
}

/** What was found. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** Of our own process; 0 is root. */
  readonly userId: number;
  readonly groupId: number;
  readonly programs: Readonly<Partial<Record<ProgramName, string>>>;
  readonly bubblewrap: BubblewrapFacts | undefined;
  readonly controlGroups: ControlGroupPlaces | undefined;
  /** The folder of the user's service manager (XDG_RUNTIME_DIR), where it has one. */
  readonly userManager: string | undefined;
  /** Descriptors that our own parent left open for every child; Node does not close them. */
  readonly inheritedDescriptors: readonly number[];
  /** Hard limits of our own process, which none of its children can exceed; unlimited ones not. */
  readonly hardLimits: ReadonlyMap<string, number>;
  /** Since Linux 5.14 a user namespace counts its processes apart. */
  readonly countsProcesses: boolean;
}

const PROGRAMS: readonly ProgramName[] = [
  'bwrap',
  'docker',
  'env',
  'nsenter',
  'podman',
  'prlimit',
  'runsc',
  'sandbox-exec',
  'setpriv',
  'sh',
  'systemd-run',
];
/** Only folders of the system: PATH may hold a folder that a plugin can write. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
/** Names of `prlimit`, and the kernel's words for them. */
const LIMIT_NAMES = {
  core: 'Max core file size',
  cpu: 'Max cpu time',
  data: 'Max data size',
  fsize: 'Max file size',
  memlock: 'Max locked memory',
  nofile: 'Max open files',
  nproc: 'Max processes',
};
const PROBE_MS_MAX = 5_000;
/** As /proc writes it on x86_64 and aarch64. */
const O_CLOEXEC = 0o2_000_000;
/** Covering one costs as many entries as its number. */
const DESCRIPTOR_MAX = 65_536;
const KERNEL_COUNTING_PROCESSES = [5, 14] as const;

/** Gives the facts of this machine, gathered at the first call and remembered: about 20 ms. */
export function machineProbe(): () => Promise<MachineFacts> {
  let facts: Promise<MachineFacts> | undefined;
  return () => (facts ??= probe());
}

async function probe(): Promise<MachineFacts> {
  const programs = findPrograms(FOLDERS);
  const isLinux = process.platform === 'linux';
  const userId = process.getuid?.() ?? -1;
  return {
    platform: process.platform,
    architecture: process.arch,
    userId,
    groupId: process.getgid?.() ?? -1,
    programs,
    bubblewrap: isLinux ? await probeBubblewrap(programs, userId) : undefined,
    controlGroups: isLinux ? findControlGroups('/', process.pid) : undefined,
    userManager: programs['systemd-run'] ? findUserManager('/run/user', userId) : undefined,
    inheritedDescriptors: isLinux ? findInheritedDescriptors('/proc/self/fdinfo') : [],
    hardLimits: readHardLimits(kernelFile('/proc/self/limits')),
    countsProcesses:
      isLinux &&
      kernelIsAtLeast(kernelFile('/proc/sys/kernel/osrelease'), KERNEL_COUNTING_PROCESSES),
  };
}

/** Programs in the first folder that holds them. */
export function findPrograms(
  folders: readonly string[],
): Readonly<Partial<Record<ProgramName, string>>> {
  const found = PROGRAMS.flatMap((name) => {
    const path = folders.map((folder) => join(folder, name)).find(isExecutable);
    return path === undefined ? [] : [[name, path] as const];
  });
  return Object.fromEntries(found);
}

/**
 * What this bubblewrap can do; it is run twice, once for its options and once in earnest: as root it
 * makes no user namespace, but must be able to become somebody else.
 */
export async function probeBubblewrap(
  programs: Readonly<Partial<Record<ProgramName, string>>>,
  userId: number,
): Promise<BubblewrapFacts | undefined> {
  const { bwrap, prlimit, setpriv } = programs;
  if (bwrap === undefined) return undefined;
  const unusable = { bindsDescriptors: false, disablesUserNamespaces: false };
  if (prlimit === undefined) return { ...unusable, problem: 'util-linux (prlimit) is missing' };
  if (userId === 0 && setpriv === undefined) {
    return { ...unusable, problem: 'util-linux (setpriv) is missing' };
  }
  const options = { timeout: PROBE_MS_MAX, env: {} };
  const place = ['--die-with-parent', '--ro-bind', '/', '/', '--proc', '/proc', '--'];
  const trial = [...namespaces(userId, false), ...place, ...becomeNobody(userId, setpriv)];
  try {
    const help = (await run(bwrap, ['--help'], options)).stdout;
    await run(bwrap, [...trial, '/bin/sh', '-c', ':'], options);
    return {
      problem: '',
      bindsDescriptors: help.includes('--ro-bind-fd'),
      disablesUserNamespaces: help.includes('--disable-userns'),
    };
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    const problem = output.trim().split('\n').at(-1)?.slice(0, 200) || 'bwrap cannot be run';
    return { ...unusable, problem };
  }
}

/** Options of bubblewrap for namespaces and rights: root keeps what it needs to become another. */
export function namespaces(userId: number, disablesUserNamespaces: boolean): readonly string[] {
  const own = ['ipc', 'pid', 'net', 'uts'].map((name) => `--unshare-${name}`);
  const shared = [...own, '--unshare-cgroup-try', '--cap-drop', 'ALL'];
  if (userId === 0) return [...shared, '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID'];
  const disable = disablesUserNamespaces ? ['--disable-userns'] : [];
  return ['--unshare-user', ...disable, ...shared];
}

function becomeNobody(userId: number, setpriv: string | undefined): readonly string[] {
  if (userId !== 0 || setpriv === undefined) return [];
  return [setpriv, '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
}

/** True for a release like `5.14.0-70-generic` that is this version or a later one. */
export function kernelIsAtLeast(
  release: string,
  [major, minor]: readonly [number, number],
): boolean {
  const [ours = 0, ourMinor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  return ours > major || (ours === major && ourMinor >= minor);
}

/** The bounded ones of /proc/self/limits, by the names that `prlimit` has for them. */
export function readHardLimits(text: string): ReadonlyMap<string, number> {
  const found = Object.entries(LIMIT_NAMES).flatMap(([name, words]) => {
    const line = text.split('\n').find((each) => each.startsWith(words));
    const hard = Number(line?.slice(words.length).trim().split(/\s+/)[1]);
    return Number.isNaN(hard) ? [] : [[name, hard] as const];
  });
  return new Map(found);
}

/** The folder of a user's service manager, when one is running; root has no use for it. */
export function findUserManager(folder: string, userId: number): string | undefined {
  if (userId <= 0) return undefined;
  const own = join(folder, String(userId));
  return isReadable(join(own, 'systemd/private')) && isReadable(join(own, 'bus')) ? own : undefined;
}

/** Descriptors above the standard streams that a child would get; all that Node opens are not. */
export function findInheritedDescriptors(folder: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => {
    const descriptor = Number(name);
    const flags = /^flags:\s*([0-7]+)$/m.exec(kernelFile(join(folder, name)))?.[1];
    const isHandedOn = flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
    return descriptor > 2 && descriptor < DESCRIPTOR_MAX && isHandedOn ? [descriptor] : [];
  });
}

function isExecutable(path: string): boolean {
  return isAccessible(path, constants.X_OK);
}

function isReadable(path: string): boolean {
  return isAccessible(path, constants.R_OK);
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
