// Owns one run of a tool of a language, to its end, with what it printed. Refuses a shell, and to hold
// more output than a person reads.

import { spawn } from 'node:child_process';
import type { ProgramWords } from './languages.ts';

/** How a run ended. */
export interface ProgramEnd {
  /** Null: it was ended by a signal, or could not be started. */
  readonly code: number | null;
  /** Both streams, the last 20,000 characters. */
  readonly output: string;
}

const OUTPUT_CHARACTERS_MAX = 20_000;
/** A first build compiles a standard library. */
const RUN_MS_MAX = 300_000;

/** Runs a program in a folder. Never rejects; ends it when the signal is aborted or time is up. */
export async function runToEnd(
  [program, ...words]: ProgramWords,
  options: {
    readonly directory: string;
    readonly variables: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal;
  },
): Promise<ProgramEnd> {
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  const child = spawn(program, words, {
    cwd: options.directory,
    env: { ...options.variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MS_MAX,
    killSignal: 'SIGKILL',
    signal: options.signal,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = `${output}${chunk.toString()}`.slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
  child.on('close', (code) => resolve({ code, output }));
  return promise;
}
