// Owns what the host sees of a program's processes, by the token in their arguments. Refuses to ask the
// program itself.

import { readdirSync, readFileSync } from 'node:fs';
import { linkAt } from './evidence.ts';
import type { Peak, ProcessView } from './probe.ts';

const TICKS_PER_SECOND = 100;
const KB_PER_MB = 1_024;
const BYTES_PER_MB = 1_048_576;
/** Programs that only prepare a sandbox, or talk to who does: what they have is not the plugin's. */
const PREPARING = ['bwrap', 'docker', 'podman', 'prlimit', 'setpriv', 'sh'];

/** Numbers of all processes that have a text in their arguments. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/cmdline`).includes(text))
    .map(Number)
    .filter((id) => id !== process.pid);
}

/** Everything at one moment; what ends under way is left out. */
export function lookAt(token: string): readonly ProcessView[] {
  return processesWith(token)
    .map(viewOf)
    .filter((view) => view !== undefined);
}

function viewOf(id: number): ProcessView | undefined {
  const place = `/proc/${id}`;
  const status = read(`${place}/status`);
  const name = /^Name:\t(.*)$/m.exec(status)?.[1] ?? '';
  const isScript = read(`${place}/cmdline`).includes('/main.sh');
  if (status === '' || (PREPARING.includes(name) && !isScript) || name === 'bwrap')
    return undefined;
  const number = (text: string, field: RegExp): number => Number(field.exec(text)?.[1] ?? 0);
  const times = read(`${place}/stat`).split(') ')[1]?.split(' ') ?? [];
  return {
    id,
    residentMb: number(status, /^VmRSS:\s+(\d+)/m) / KB_PER_MB,
    writtenMb: number(read(`${place}/io`), /^wchar: (\d+)/m) / BYTES_PER_MB,
    processorSeconds: (Number(times[11] ?? 0) + Number(times[12] ?? 0)) / TICKS_PER_SECOND,
    threads: number(status, /^Threads:\s+(\d+)/m),
    descriptors: count(`${place}/fd`),
    shown: linkAt(`${place}/fd/9`),
    userNamespace: linkAt(`${place}/ns/user`),
    root: linkAt(`${place}/root`),
    mounts: read(`${place}/mountinfo`),
  };
}

/** The highest of what was seen so far and of what is seen now. */
export function higher(peak: Peak, views: readonly ProcessView[], seconds: number): Peak {
  const sum = (of: (view: ProcessView) => number): number =>
    views.reduce((total, view) => total + of(view), 0);
  const share = seconds < 1 ? 0 : sum(({ processorSeconds }) => processorSeconds) / seconds;
  return {
    processes: Math.max(peak.processes, views.length),
    threads: Math.max(
      peak.threads,
      sum(({ threads }) => threads),
    ),
    residentMb: Math.max(
      peak.residentMb,
      sum(({ residentMb }) => residentMb),
    ),
    writtenMb: Math.max(
      peak.writtenMb,
      sum(({ writtenMb }) => writtenMb),
    ),
    descriptors: Math.max(
      peak.descriptors,
      sum(({ descriptors }) => descriptors),
    ),
    processorShare: Math.max(peak.processorShare, share),
  };
}

export const nothingSeen: Peak = {
  processes: 0,
  threads: 0,
  residentMb: 0,
  writtenMb: 0,
  descriptors: 0,
  processorShare: 0,
};

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It ended, or it is not ours to see.
    return '';
  }
}

function count(path: string): number {
  try {
    return readdirSync(path).length;
  } catch {
    // As above.
    return 0;
  }
}
