// Owns strace: what a process calls by thread, and one fault at the N-th call of one thread, before
// the call or after it. Refuses to interpret a run; without strace there is no tracer at all.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** System calls that change something outside the process, as measured on Node 26. */
export const calls = [
  'pwrite64',
  'pwritev2',
  'fsync',
  'write',
  'writev',
  'sendmsg',
  'rename',
  'ftruncate',
  'unlink',
  'openat',
] as const;
export type CallName = (typeof calls)[number];

/**
 * What happens at a call. `kill-before`: the process is killed at the entry, and the call is not
 * made. `kill-after`: the call is made, its thread is held at the exit, and the process is killed.
 */
export type Effect = 'kill-before' | 'kill-after' | 'ENOSPC' | 'EIO';

/** One fault: at the `at`-th call (from 1) of `call`; errors can go on until the tracer leaves. */
export interface Fault {
  readonly call: CallName;
  readonly effect: Effect;
  readonly at: number;
  readonly goesOn?: boolean;
}

/** A thread is held this long at the exit of a call, which is time enough to kill its process. */
const heldMicroseconds = 2_000_000;
const attachMsMax = 10_000;

/** False where strace is missing or may not trace. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;
}

/** What strace says of a call at whose exit it holds the thread. */
export const heldAtExit: RegExp = /\(DELAYED\)/;

/** Words that start a program under the tracer with a fault in any of its threads. */
export function wordsFor(fault: Fault): readonly string[] {
  // Not with --seccomp-bpf: strace 6.1 then delivers no signal at the entry of a call.
  return ['strace', '-f', ...optionsOf(fault)];
}

function optionsOf({ call, effect, at, goesOn = false }: Fault): readonly string[] {
  const when = `when=${at}${goesOn ? '+' : ''}`;
  const what = {
    'kill-before': 'signal=SIGKILL',
    'kill-after': `delay_exit=${heldMicroseconds}`,
    ENOSPC: 'error=ENOSPC',
    EIO: 'error=EIO',
  }[effect];
  return [
    '-qq',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:${what}:${when}`,
    '-e',
    'signal=none',
  ];
}

/** A tracer that holds on to threads. */
export interface Attached {
  /** True once a call was held or failed; a kill at an entry shows in the process alone. */
  readonly hit: () => boolean;
  /** Lets go of the threads, which go on without faults. */
  detach(): Promise<void>;
}

/** Attaches to threads of a running process; resolves when they are traced. */
export async function attach(
  { pid, threads }: { readonly pid: number; readonly threads: readonly number[] },
  fault: Fault,
): Promise<Attached> {
  const which = threads.flatMap((thread) => ['-p', String(thread)]);
  const [, ...options] = optionsOf(fault);
  const child = spawn('strace', [...options, ...which], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  let hit = false;
  const attached = Promise.withResolvers<void>();
  let count = 0;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (/^strace: Process \d+ attached/.test(line) && ++count === threads.length) {
      attached.resolve();
    }
    if (heldAtExit.test(line)) {
      hit = true;
      killNow(pid);
      // What it holds is dead; its end is what lets the dead go.
      child.kill('SIGKILL');
    }
    if (line.includes('INJECTED')) hit = true;
  });
  await Promise.race([attached.promise, ended, timeout(child)]);
  return {
    hit: () => hit,
    detach: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

function timeout(child: ChildProcess): Promise<void> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('strace did not attach'));
    }, attachMsMax).unref();
  }).finally(() => undefined) as Promise<void>;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Counts of calls by thread id: `[thread][call]`, read from a trace with thread ids. */
export function countCalls(trace: string): ReadonlyMap<number, ReadonlyMap<CallName, number>> {
  const counts = new Map<number, Map<CallName, number>>();
  for (const line of trace.split('\n')) {
    const [, thread, call] = /^(\d+)\s+(\w+)\(/.exec(line) ?? [];
    if (!isCall(call)) continue;
    const of = counts.get(Number(thread)) ?? new Map<CallName, number>();
    counts.set(Number(thread), of.set(call, (of.get(call) ?? 0) + 1));
  }
  return counts;
}

function isCall(name: string | undefined): name is CallName {
  return calls.some((call) => call === name);
}
