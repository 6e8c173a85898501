// Owns the daemon as a process: started as a user starts it, timed until it is ready, killed without
// a word. Refuses to know what is said to it.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a daemon lives and what it is told. */
export interface AgentHome {
  /** Entry of the program. */
  readonly entry: string;
  /** HOME, with the data directory `data` in it. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Words before the program, such as a tracer with its options. */
  readonly under?: readonly string[];
  /** Everything is killed when a line of its complaints, or of the tracer's, is like this. */
  readonly killWhen?: RegExp;
}

/** A daemon that said it is ready. */
export interface RunningAgent {
  readonly pid: number;
  /** Origin of its loopback port. */
  readonly url: string;
  /** Milliseconds from its start to the line `ready`. */
  readonly readyMs: number;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** Aborted when the process is gone. */
  readonly gone: AbortSignal;
  readonly complaints: () => string;
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** The daemon was gone before it was ready. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

const readyMsMax = 30_000;
const complaintCharactersMax = 20_000;

/** Starts the daemon. Rejects with `NotReadyError` when it ends before it is ready. */
export async function startAgent(home: AgentHome): Promise<RunningAgent> {
  const { entry, folder, environment, under = [] } = home;
  const words = [...under, process.execPath, entry, 'serve', '--port', '0'];
  const began = performance.now();
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TZ: 'UTC',
      OPENCOMPUTER_HOME: join(folder, 'data'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what it started is ended with it.
    detached: true,
  });
  const gone = new AbortController();
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      gone.abort();
      resolve();
    });
  });
  const complaints = collect(child, home.killWhen);
  const url = await ready(child, ended, complaints);
  const pid = under.length > 0 ? innerPid(child.pid ?? 0) : (child.pid ?? 0);
  return {
    pid,
    url,
    readyMs: performance.now() - began,
    ended,
    gone: gone.signal,
    complaints,
    kill: async (signal = 'SIGKILL') => {
      if (!gone.signal.aborted) kill(pid, signal);
      const late = setTimeout(() => kill(-(child.pid ?? 0), 'SIGKILL'), readyMsMax);
      await ended;
      clearTimeout(late);
    },
  };
}

function collect(child: ChildProcess, killWhen?: RegExp): () => string {
  let text = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    text = (text + bytes.toString()).slice(-complaintCharactersMax);
    if (killWhen?.test(text) === true) kill(-(child.pid ?? 0), 'SIGKILL');
  });
  return () => text;
}

function ready(
  child: ChildProcess,
  ended: Promise<void>,
  complaints: () => string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => {
      kill(-(child.pid ?? 0), 'SIGKILL');
      reject(new Error(`the daemon was not ready after ${readyMsMax} ms: ${complaints()}`));
    }, readyMsMax);
    child.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const [, url] = /^ready (http:\S+)$/m.exec(said) ?? [];
      if (url === undefined) return;
      clearTimeout(late);
      resolve(url.replace(/\/$/, ''));
    });
    void ended.then(() => {
      clearTimeout(late);
      reject(new NotReadyError(`the daemon ended before it was ready: ${complaints()}`));
    });
  });
}

/** The program that a tracer started. */
function innerPid(tracer: number): number {
  const text = readFileSync(`/proc/${tracer}/task/${tracer}/children`, 'utf8');
  return Number(text.split(' ')[0]);
}

function kill(pid: number, signal: 'SIGKILL' | 'SIGTERM'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Names of the threads of a process to their ids; empty where there is no `/proc`. */
export function threadsOf(pid: number): readonly { readonly name: string; readonly id: number }[] {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).map((id) => ({
    id: Number(id),
    name: Number(id) === pid ? 'main' : readFileSync(`${folder}/${id}/comm`, 'utf8').trim(),
  }));
}
