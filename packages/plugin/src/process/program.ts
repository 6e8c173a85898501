// Owns running one program to its end: output, time limit, cancelling. Refuses to leave anything running:
// its whole process group ends with it.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { BoundedOutput } from './bounded-output.ts';

/** What is run. */
export interface ProgramRequest {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Absent: the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** How it ended. `output` has both streams in the order in which they arrived. */
export interface ProgramResult {
  readonly ended: 'exit' | 'time' | 'cancelled' | 'absent';
  /** 0 to 255; of a program that a signal ended, 128 + its number. */
  readonly exitCode: number;
  readonly output: string;
  readonly cut: boolean;
}

/** Time between asking a program to end and ending it. */
const GRACE_MS = 500;
/** Time that what a program left in the background has to write its last words. */
const DRAIN_MS = 100;
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
};

/** Runs a program. Rejects only for faults of the machine; an absent program is a result. */
export async function runProgram(request: ProgramRequest): Promise<ProgramResult> {
  const output = new BoundedOutput();
  const { signal } = request;
  if (signal.aborted) return { ended: 'cancelled', exitCode: 130, output: '', cut: false };
  const child = spawn(request.file, request.arguments, {
    cwd: request.folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(request.environment === undefined ? {} : { env: { ...request.environment } }),
  });
  let ended: ProgramResult['ended'] = 'exit';
  const stop = (why: 'time' | 'cancelled'): void => {
    ended = why;
    endGroup(child, 'SIGTERM');
    timers.push(setTimeout(() => endGroup(child, 'SIGKILL'), GRACE_MS));
  };
  const timers = [setTimeout(() => stop('time'), request.limitMs)];
  const cancel = (): void => stop('cancelled');
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const exitCode = await exitOf(child, { output, input: request.input ?? '' });
    return { ended, exitCode, output: output.text(), cut: output.cut };
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return { ended: 'absent', exitCode: 127, output: '', cut: false };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    endGroup(child, 'SIGKILL');
  }
}

async function exitOf(
  child: ChildProcess,
  streams: { readonly output: BoundedOutput; readonly input: string },
): Promise<number> {
  const exited = Promise.withResolvers<number>();
  const closed = Promise.withResolvers<void>();
  child.once('error', (error) => exited.reject(error));
  child.once('exit', (code, name) =>
    exited.resolve(code ?? 128 + (SIGNAL_NUMBERS[name ?? ''] ?? 0)),
  );
  child.once('close', () => closed.resolve());
  child.stdout?.on('data', (chunk: Buffer) => streams.output.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => streams.output.push(chunk));
  // a program need not read its input
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(streams.input);
  const exitCode = await exited.promise;
  const drained = Promise.withResolvers<void>();
  const timer = setTimeout(() => drained.resolve(), DRAIN_MS);
  await Promise.race([closed.promise, drained.promise]);
  clearTimeout(timer);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return exitCode;
}

/** Signals the process group; one that is gone already needs nothing. */
function endGroup(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'EACCES';
}
