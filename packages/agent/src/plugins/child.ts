// Owns one process of a plugin: its start, its lines, its log, its end. Refuses to share the ambient
// environment and to leave anything of its process group behind.

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '@opencomputer/contracts';
import { LineReader } from './line-reader.ts';
import { LogTail } from './log-tail.ts';

/** Time that a process has to end after its input is closed, and again after SIGTERM. */
export const STOP_GRACE_MS = 1_000;
/** Time to read what is left in the pipes of a process that has ended. */
const PIPES_GRACE_MS = 500;
const LOG_BYTES_MAX = 64_000;
/** A plugin that logs faster than this in a second is held back until the second is over. */
const LOG_BYTES_PER_SECOND_MAX = 1_000_000;

/** What is started. `environment` is all that the process sees. */
export interface ChildSpecification {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly lineBytesMax: number;
  /**
   * Starts it in another way than plainly, each time anew: in a sandbox. Must not throw, must pipe the
   * three standard streams, and must make the process the first of a group of its own.
   */
  readonly start?: () => ChildProcess;
}

/** What a process tells its owner. */
export interface ChildListener {
  onLine(line: string): void;
  onOversize(head: string): void;
  /** Once, when the process is gone or could not be started; `problem` is one short sentence. */
  onExit(problem: string): void;
}

/** A process whose three standard streams are ours. */
export type ChildProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** A running process that exchanges lines. */
export class Child {
  readonly #process: ChildProcess;
  readonly #clock: Clock;
  readonly #log = new LogTail(LOG_BYTES_MAX);
  readonly #exited: Promise<void>;
  #isOver = false;
  #logBytes = 0;
  #logHeldBack = false;

  constructor(specification: ChildSpecification, listener: ChildListener, clock: Clock) {
    this.#clock = clock;
    const { command } = specification;
    this.#process = startProcess(specification);
    const lines = new LineReader(specification.lineBytesMax, listener);
    this.#process.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => this.#takeLog(chunk));
    // A broken pipe is not an event of its own: the exit says why.
    for (const stream of [this.#process.stdin, this.#process.stdout, this.#process.stderr]) {
      stream.on('error', () => undefined);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    const end = (problem: string): void => {
      if (this.#isOver) return;
      this.#isOver = true;
      killGroup(this.#process, 'SIGKILL');
      resolve();
      listener.onExit(problem);
    };
    this.#process.on('error', (error) => end(startProblem(command, error)));
    // `close` comes after the last line was read; whoever else holds the pipes must not delay it.
    this.#process.on('exit', () => {
      killGroup(this.#process, 'SIGKILL');
      clock.after(PIPES_GRACE_MS, () => this.#destroyPipes());
    });
    this.#process.on('close', (code, signal) => end(this.#exitProblem(code, signal)));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  /** What it wrote to standard error, the last 64 kB. */
  get log(): string {
    return this.#log.text();
  }

  send(line: string): void {
    if (!this.#isOver && this.#process.stdin.writable) this.#process.stdin.write(`${line}\n`);
  }

  /** Closes its input, then SIGTERM, then SIGKILL. Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#process.stdin.end();
    if (await this.#exitsWithin(STOP_GRACE_MS)) return;
    killGroup(this.#process, 'SIGTERM');
    if (await this.#exitsWithin(STOP_GRACE_MS)) return;
    await this.kill();
  }

  /** Ends the process at once. Resolves when it is gone. */
  async kill(): Promise<void> {
    killGroup(this.#process, 'SIGKILL');
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  async #exitsWithin(limitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(limitMs, resolve);
    await Promise.race([this.#exited, promise]);
    cancel();
    return this.#isOver;
  }

  #destroyPipes(): void {
    for (const stream of [this.#process.stdin, this.#process.stdout, this.#process.stderr]) {
      stream.destroy();
    }
  }

  #takeLog(chunk: Buffer): void {
    this.#log.push(chunk);
    this.#logBytes += chunk.length;
    if (this.#logHeldBack || this.#logBytes < LOG_BYTES_PER_SECOND_MAX) return;
    this.#logHeldBack = true;
    this.#process.stderr.pause();
    this.#clock.after(1_000, () => {
      this.#logHeldBack = false;
      this.#logBytes = 0;
      this.#process.stderr.resume();
    });
  }

  #exitProblem(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
    const last = this.#log.lastLine(200);
    return last === '' ? how : `${how}: ${last}`;
  }
}

/** Starts it, in its sandbox when it has one. Throws when there are no descriptors left for pipes. */
export function startProcess(specification: ChildSpecification): ChildProcess {
  const started = specification.start?.() ?? startPlainly(specification);
  if (hasStreams(started)) return started;
  // Of no use then, and the same fault would come again as an event.
  started.on('error', () => undefined);
  throw new Error('too many files are open');
}

/** Signals a process and all that it started and that stayed in its group. */
export function killGroup(started: ChildProcess, signal: NodeJS.Signals): void {
  const { pid } = started;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    started.kill(signal);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nothing of the group is left; EPERM: only zombies are (macOS).
    if (!isCode(error, 'ESRCH') && !isCode(error, 'EPERM')) throw error;
  }
}

/** Node makes none when there is no descriptor left for them (EMFILE, ENFILE). */
function hasStreams({ stdin }: { readonly stdin: Writable | undefined }): boolean {
  return stdin !== undefined;
}

function startPlainly(specification: ChildSpecification): ChildProcess {
  const { command, environment, directory } = specification;
  return spawn(command, [...specification.arguments], {
    cwd: directory,
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal is ours to handle, and its children end with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
}

/** Why a program could not be started, as one short sentence. */
export function startProblem(command: string, error: Error): string {
  return isCode(error, 'ENOENT') ? `there is no program "${command}"` : error.message;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
