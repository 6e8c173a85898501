// Owns how limits are held: which by control groups, which by resource limits of each process, which
// not at all. Refuses to call a weaker way by a stronger one's name.

import type { Controller } from './control-groups.ts';
import type { SandboxLimits } from './rights.ts';

/** How one limit is held, for the person who decides whether that is enough. */
export interface HeldLimit {
  readonly limit: keyof SandboxLimits;
  readonly heldBy: 'control group' | 'resource limit' | 'file system' | 'watch' | 'nothing';
  readonly detail: string;
}

/** What holds the limits of one tier. */
export interface LimitHolders {
  readonly controllers: ReadonlySet<Controller>;
  /** True where processes of the plugin are counted apart from those of its user. */
  readonly countsProcesses: boolean;
  /** What none of our children can exceed, by the names of `prlimit`. */
  readonly hardLimits: ReadonlyMap<string, number>;
}

const BYTES_PER_MB = 1_048_576;
const LOCKED_BYTES_MAX = 65_536;
/** Room for what a runtime reserves and hardly uses: Node starts with 575 MB of it. */
const DATA_MB_EXTRA = 768;
/** Only without control groups: a program that used an hour of processor time is ended. */
const CPU_SECONDS_MAX = 3_600;

/** Options of `prlimit` for what no control group holds. */
export function resourceLimits(limits: SandboxLimits, holders: LimitHolders): readonly string[] {
  const { memoryMb, processesMax, diskMb, filesMax } = limits;
  const { controllers, countsProcesses, hardLimits } = holders;
  const wanted: Record<string, number> = {
    core: 0,
    memlock: LOCKED_BYTES_MAX,
    nofile: filesMax,
    fsize: diskMb * BYTES_PER_MB,
  };
  if (!controllers.has('memory')) wanted['data'] = (memoryMb + DATA_MB_EXTRA) * BYTES_PER_MB;
  if (!controllers.has('cpu')) wanted['cpu'] = CPU_SECONDS_MAX;
  if (!controllers.has('pids') && countsProcesses) wanted['nproc'] = processesMax;
  return Object.entries(wanted).map(
    ([name, value]) => `--${name}=${Math.min(value, hardLimits.get(name) ?? value)}`,
  );
}

/** Says of each limit what holds it. */
export function describeLimits(holders: LimitHolders): readonly HeldLimit[] {
  const { controllers, countsProcesses } = holders;
  const group = (limit: keyof SandboxLimits, detail: string): HeldLimit => ({
    limit,
    heldBy: 'control group',
    detail,
  });
  return [
    controllers.has('memory')
      ? group('memoryMb', 'all its processes together, swap and memory file systems included')
      : {
          limit: 'memoryMb',
          heldBy: 'resource limit',
          detail: `each process alone, with ${DATA_MB_EXTRA} MB more for its runtime`,
        },
    controllers.has('cpu')
      ? group('cpuShare', 'all its processes together')
      : {
          limit: 'cpuShare',
          heldBy: 'nothing',
          detail: `a process that used ${CPU_SECONDS_MAX} s of processor time is ended`,
        },
    processes(controllers, countsProcesses),
    {
      limit: 'diskMb',
      heldBy: 'watch',
      detail: 'memory file systems by their size, any one file at once, folders by a watch',
    },
    { limit: 'filesMax', heldBy: 'resource limit', detail: 'each process alone' },
  ];
}

function processes(controllers: ReadonlySet<Controller>, counts: boolean): HeldLimit {
  const limit = 'processesMax';
  if (controllers.has('pids')) {
    return { limit, heldBy: 'control group', detail: 'processes and threads' };
  }
  return counts
    ? { limit, heldBy: 'resource limit', detail: 'processes and threads of its user' }
    : { limit, heldBy: 'nothing', detail: 'its processes count as those of our user' };
}
