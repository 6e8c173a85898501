// Owns starting a program for a bench, waiting for its line, and ending it. Refuses to leave it
// running, or to wait for ever.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const lineMsMax = 60_000;
const endMsMax = 40_000;

/** A program that said it is there. */
export interface StartedProgram {
  readonly pid: number;
  /** Its first line. */
  readonly line: string;
  /** Asks it to end (SIGTERM), then makes it. */
  end(): Promise<void>;
}

/** What is started, with exactly these variables. */
export interface ProgramCall {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts `node WORDS…` and waits for the first line that it prints. */
export async function startProgram({ words, environment }: ProgramCall): Promise<StartedProgram> {
  const child = spawn(process.execPath, words, {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): Promise<void> => endChild(child);
  try {
    const line = await firstLine(child, words);
    child.stdout.resume();
    return { pid: child.pid ?? 0, line, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Runs `node WORDS…` to its end and gives what it printed. */
export async function runProgram({ words, environment }: ProgramCall): Promise<string> {
  const child = spawn(process.execPath, words, {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${output}`);
  return output;
}

async function firstLine(
  child: ChildProcess & { readonly stdout: NonNullable<ChildProcess['stdout']> },
  words: readonly string[],
): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(lineMsMax);
  const [line] = (await Promise.race([
    once(lines, 'line', { signal }),
    once(lines, 'close', { signal }),
  ])) as [string | undefined];
  if (line === undefined) throw new Error(`${words.join(' ')} ended without a line`);
  return line;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), endMsMax);
  await ended;
  clearTimeout(killer);
}
