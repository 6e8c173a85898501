// Owns the full tier on Linux: bubblewrap around a process, with control groups, a system call filter
// and one door to the proxy. Refuses to hand on our environment, our descriptors and our user.

import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type { ChildProcess } from '../child.ts';
import { anonymousFile } from './anonymous-file.ts';
import { findCommand, innerEnvironment } from './command.ts';
import { makeControlGroup, sweepControlGroups } from './control-groups.ts';
import type { ControlGroup, Controller } from './control-groups.ts';
import { watchDisk } from './disk-watch.ts';
import { openDoor } from './door.ts';
import type { Door } from './door.ts';
import { innerRoot, MEMORY_HOME } from './inner-root.ts';
import type { Descriptors } from './inner-root.ts';
import { describeLimits, resourceLimits } from './limits.ts';
import type { LimitHolders } from './limits.ts';
import { namespaces } from './machine.ts';
import type { MachineFacts } from './machine.ts';
import { PROXY_ENVIRONMENT } from './namespace-listener.ts';
import { resolveRights } from './rights.ts';
import type { Grant, SandboxLimits } from './rights.ts';
import type { EnclosureRequest, Sandbox, SandboxSettings } from './enclosure.ts';
import { systemCallFilterBytes } from './system-call-filter.ts';
import { identityOf } from './identity.ts';
import type { Identity } from './identity.ts';

const BYTES_PER_MB = 1_048_576;
/** O_PATH of Linux, which Node does not name: the place, not what is in it. */
const O_PATH = 0o10_000_000;
/** Descriptors from here on are ours to give; bubblewrap closes each before the plugin starts. */
const DESCRIPTOR_FIRST = 3;
const EVERY_CONTROLLER: ReadonlySet<Controller> = new Set(['memory', 'pids', 'cpu']);
/** Writes itself into each group, then becomes the program behind `--`. */
const JOIN_SCRIPT =
  'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"';

/** Everything that stays the same between two starts of one process. */
interface Enclosure {
  readonly settings: SandboxSettings;
  readonly request: EnclosureRequest;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly home: string;
  readonly grants: readonly Grant[];
  readonly identity: Identity;
  readonly holders: LimitHolders;
}

/** The sandbox of this machine; groups that an earlier run left are removed first. */
export function bubblewrapSandbox(settings: SandboxSettings): Sandbox {
  const { controlGroups, userId } = settings.machine;
  const holders = limitHolders(settings);
  if (controlGroups !== undefined) sweepControlGroups(controlGroups, isAlive);
  return {
    name: 'bubblewrap',
    tier: 'full',
    describe: () => describeLimits(holders),
    enclose: async (specification, request) => {
      const { rights, plugin } = request;
      const command = await findCommand(specification);
      const grants = await resolveRights(plugin, {
        ...rights,
        code: [...rights.code, ...command.code],
      });
      const identity = identityOf(settings.machine, plugin);
      const { home: lasting, storage } = rights.scratch;
      if (userId === 0) {
        // The folders that are the plugin's own become its user's; what others granted stays theirs.
        const owned = [...storage, ...(lasting === undefined ? [] : [lasting])];
        for (const { source } of grants.filter(({ target }) => owned.includes(target))) {
          await chown(source, identity.userId, identity.groupId);
        }
      }
      const home = lasting ?? MEMORY_HOME;
      const isAtHome = specification.directory === specification.environment['HOME'];
      const enclosure: Enclosure = {
        settings,
        request,
        command: [command.path, ...specification.arguments],
        environment: {
          ...innerEnvironment(specification.environment),
          HOME: home,
          TMPDIR: '/tmp',
          ...(rights.network === 'none' ? {} : PROXY_ENVIRONMENT),
        },
        directory: isAtHome ? home : specification.directory,
        home,
        grants,
        identity,
        holders,
      };
      return { ...specification, start: () => start(enclosure) };
    },
  };
}

/** A scope of systemd bounds memory and tasks always, and the processor where that is delegated. */
function limitHolders({ machine }: SandboxSettings): LimitHolders {
  const { controlGroups, userManager, userId, countsProcesses, hardLimits } = machine;
  const own = new Set(controlGroups?.folders.keys());
  return {
    controllers: own.size === 0 && userManager !== undefined ? EVERY_CONTROLLER : own,
    countsProcesses: userId === 0 || countsProcesses,
    hardLimits,
  };
}

function start(enclosure: Enclosure): ChildProcess {
  const { settings } = enclosure;
  const opened: number[] = [];
  let group: ControlGroup | undefined;
  try {
    const { controlGroups } = settings.machine;
    const { limits, network } = enclosure.request.rights;
    const name = `${process.pid}-${settings.newId()}`;
    if (controlGroups !== undefined) group = makeControlGroup(controlGroups, name, limits);
    const bwrap = bubblewrapCommand(enclosure, opened);
    const wrapped = [...joining(settings, group, limits), ...bwrap];
    const running = spawnEnclosed(enclosure, wrapped, opened);
    if (network !== 'none') void openDoor(doorOf(enclosure, running, opened.length), network);
    cleanUpAtEnd(enclosure, running, group);
    return running;
  } catch (error) {
    group?.remove(settings.clock);
    return failedStart(error instanceof Error ? error.message : String(error));
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

/** The command with its options in a file: they would be in everybody's list of processes. */
function bubblewrapCommand(enclosure: Enclosure, opened: number[]): readonly string[] {
  const { settings, request, identity } = enclosure;
  const { machine, directory, newId } = settings;
  const { bwrap, prlimit, setpriv } = machine.programs;
  if (bwrap === undefined || prlimit === undefined) throw new Error('bwrap or prlimit is missing');
  const give = (descriptor: number): number => {
    opened.push(descriptor);
    return DESCRIPTOR_FIRST + opened.length - 1;
  };
  const file = (content: string | Buffer): number =>
    give(anonymousFile(directory, newId(), content));
  const descriptors: Descriptors = {
    content: file,
    path: (source) => {
      const descriptor = openPlace(source);
      return descriptor === undefined ? undefined : give(descriptor);
    },
  };
  const options = bubblewrapOptions(enclosure, descriptors);
  const filter = systemCallFilterBytes(machine.architecture);
  if (filter === undefined) throw new Error(`no call filter for ${machine.architecture}`);
  options.push('--seccomp', String(file(filter)));
  const argumentsFile = file(options.map((option) => `${option}\0`).join(''));
  const hasDoor = request.rights.network !== 'none';
  const door = DESCRIPTOR_FIRST + opened.length;
  return [
    [bwrap, '--args', String(argumentsFile)],
    hasDoor ? ['--info-fd', String(door), '--block-fd', String(door + 1)] : [],
    // Empty lists of options: bubblewrap closes the descriptor of each when it has read it.
    coveredDescriptors(enclosure, opened.length).flatMap((number) => ['--args', String(number)]),
    ['--', prlimit, ...resourceLimits(request.rights.limits, enclosure.holders), '--'],
    machine.userId === 0 && setpriv !== undefined ? become(setpriv, identity) : [],
    entersItself(machine)
      ? [machine.programs.env ?? '', `--chdir=${enclosure.directory}`, '--']
      : [],
    enclosure.command,
  ].flat();
}

/** As root, bubblewrap without capabilities cannot enter a folder that is the plugin's alone. */
function entersItself({ userId, programs }: MachineFacts): boolean {
  return userId === 0 && programs.setpriv !== undefined && programs.env !== undefined;
}

/** Inherited descriptors that none of ours takes the place of. */
function coveredDescriptors({ settings, request }: Enclosure, opened: number): readonly number[] {
  const doors = request.rights.network === 'none' ? 0 : 2;
  const { inheritedDescriptors } = settings.machine;
  return inheritedDescriptors.filter((number) => number >= DESCRIPTOR_FIRST + opened + doors);
}

function bubblewrapOptions(enclosure: Enclosure, descriptors: Descriptors): string[] {
  const { request, settings, identity, home, grants, environment, directory } = enclosure;
  const { machine } = settings;
  const { limits, network } = request.rights;
  const facts = machine.bubblewrap;
  // The listener could not enter a network that belongs to an outer one of two user namespaces. The
  // call filter refuses a second one in any case.
  const disables = network === 'none' && facts?.disablesUserNamespaces === true;
  return [
    namespaces(machine.userId, disables),
    ['--die-with-parent', '--new-session', '--hostname', 'plugin'],
    innerRoot(
      {
        grants,
        home,
        ...identity,
        memoryBytes: Math.min(limits.diskMb, Math.ceil(limits.memoryMb / 2)) * BYTES_PER_MB,
        bindsDescriptors: facts?.bindsDescriptors === true,
      },
      descriptors,
    ),
    ['--chdir', entersItself(machine) ? '/' : directory],
    Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
  ].flat();
}

/** Holds on to a place; a name that now leads elsewhere was changed since the rights were read. */
function openPlace(source: string): number | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(source, O_PATH | constants.O_NOFOLLOW);
  } catch {
    // It is gone since: it grants nothing.
    return undefined;
  }
  const isSame = readlinkSync(`/proc/self/fd/${descriptor}`) === source;
  if (isSame && !fstatSync(descriptor).isSymbolicLink()) return descriptor;
  closeSync(descriptor);
  throw new Error(`${source} was exchanged for something else`);
}

function become(setpriv: string, { userId, groupId }: Identity): readonly string[] {
  const user = [`--reuid=${userId}`, `--regid=${groupId}`, '--clear-groups', '--inh-caps=-all'];
  return [setpriv, ...user, '--'];
}

/** What puts the process into its group before it becomes bubblewrap: there is no moment between. */
function joining(
  { machine }: SandboxSettings,
  group: ControlGroup | undefined,
  limits: SandboxLimits,
): readonly string[] {
  const { programs, userManager } = machine;
  if (group !== undefined) {
    return [programs.sh ?? '/bin/sh', '-c', JOIN_SCRIPT, 'sh', ...group.joinFiles, '--'];
  }
  const { 'systemd-run': systemdRun, env } = programs;
  if (userManager === undefined || systemdRun === undefined || env === undefined) return [];
  const properties = [
    `MemoryMax=${limits.memoryMb * BYTES_PER_MB}`,
    'MemorySwapMax=0',
    `TasksMax=${limits.processesMax}`,
    `CPUQuota=${Math.max(1, Math.round(limits.cpuShare * 100))}%`,
  ].flatMap((property) => ['--property', property]);
  const scope = ['--user', '--scope', '--quiet', '--collect'];
  // The address of the service manager is not for bubblewrap: its environment can be read inside.
  return [systemdRun, ...scope, ...properties, '--', env, '-i'];
}

function spawnEnclosed(
  enclosure: Enclosure,
  [program = '', ...rest]: readonly string[],
  opened: readonly number[],
): ChildProcess {
  const { settings, request } = enclosure;
  const { userManager } = settings.machine;
  const stdio: ('pipe' | 'ignore' | number)[] = ['pipe', 'pipe', 'pipe', ...opened];
  if (request.rights.network !== 'none') stdio.push('pipe', 'pipe');
  const covered = coveredDescriptors(enclosure, opened.length);
  const empty = openSync('/dev/null', constants.O_RDONLY);
  try {
    while (stdio.length <= Math.max(0, ...covered)) {
      stdio.push(covered.includes(stdio.length) ? empty : 'ignore');
    }
    return spawn(program, rest, {
      cwd: '/',
      env: userManager === undefined ? {} : { XDG_RUNTIME_DIR: userManager },
      stdio,
      detached: true,
    }) as ChildProcess;
  } finally {
    closeSync(empty);
  }
}

/** The two streams behind the descriptors that were opened, as bubblewrap was told. */
function doorOf({ settings, request }: Enclosure, running: ChildProcess, opened: number): Door {
  const streams = running.stdio as unknown as readonly Duplex[];
  return {
    information: streams[DESCRIPTOR_FIRST + opened],
    block: streams[DESCRIPTOR_FIRST + opened + 1],
    machine: settings.machine,
    node: settings.node,
    running,
    breached: request.breached,
  };
}

function cleanUpAtEnd(
  { settings, request, grants }: Enclosure,
  running: ChildProcess,
  group: ControlGroup | undefined,
): void {
  const { clock } = settings;
  const { rights, breached } = request;
  const { home, storage } = rights.scratch;
  const owned = [...storage, ...(home === undefined ? [] : [home])];
  const stopWatch = watchDisk({
    folders: grants.filter(({ target }) => owned.includes(target)).map(({ source }) => source),
    bytesMax: rights.limits.diskMb * BYTES_PER_MB,
    clock,
    exceeded: () => {
      breached(`it keeps more than ${rights.limits.diskMb} MB in its folders`);
      running.kill('SIGKILL');
    },
  });
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    stopWatch();
    group?.remove(clock);
  };
  running.once('exit', end);
  running.once('error', end);
}

/** A process that says why there is none: a start must not throw. */
function failedStart(problem: string): ChildProcess {
  const script = 'printf "%s\\n" "$1" >&2; exit 126';
  return spawn('/bin/sh', ['-c', script, 'sh', problem], {
    env: {},
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
}

function isAlive(processId: number): boolean {
  if (processId === process.pid) return true;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
