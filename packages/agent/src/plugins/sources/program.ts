// Owns the running of the programs that fetch: git, npm, pip. Refuses to hand on the ambient
// environment, and to let one run on, write without end or leave others of its group behind.

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AgentError } from '@opencomputer/contracts';
import type { FetchContext } from './ports.ts';
import { sourceFault } from './reference.ts';

const outputBytesMax = 8_000_000;
const problemCharactersMax = 400;
/** How often what it writes is measured. */
const measureMs = 1_000;

/** One run. */
export interface ProgramRun {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** All that it sees besides PATH, proxies and HOME. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where its output goes, when it is not text for us. */
  readonly outputFile?: string;
  /** What to install when it is missing. */
  readonly install: string;
}

/** Runs a program to its end and returns its output. Throws PLUGIN_SOURCE with what it complained of. */
export async function runProgram(run: ProgramRun, context: FetchContext): Promise<string> {
  const { ports, reference, signal } = context;
  signal.throwIfAborted();
  const child = spawn(run.command, [...run.arguments], {
    cwd: run.directory,
    env: { ...ports.environment, HOME: context.work, LC_ALL: 'C', ...run.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  let problem = '';
  const stop = (why: string): void => {
    problem ||= why;
    endGroup(child.pid);
  };
  const onAbort = (): void => stop('cancelled');
  signal.addEventListener('abort', onAbort, { once: true });
  const cancelTimer = ports.clock.after(ports.limits.programMsMax, () =>
    stop(`${run.command} took more than ${ports.limits.programMsMax / 1000} s`),
  );
  const endMeasuring = measureFolder(context, () =>
    stop(`${run.command} wrote more than ${ports.limits.unpackedBytesMax} bytes`),
  );
  try {
    const exit = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const errors = collect(child.stderr, 64_000);
    const output =
      run.outputFile === undefined
        ? collect(child.stdout, outputBytesMax, () => stop('more output than is read'))
        : pipeline(child.stdout, createWriteStream(run.outputFile, { mode: 0o600 })).then(() => '');
    const [code, text, complaint] = await Promise.all([exit, output, errors]);
    if (signal.aborted) throw new AgentError('TURN_CANCELLED', { reason: 'of the caller' });
    if (problem !== '') throw sourceFault(reference, problem);
    if (code !== 0) throw sourceFault(reference, `${run.command}: ${lastLines(complaint)}`);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw sourceFault(reference, `${run.command} is not installed; ${run.install}`);
  } finally {
    signal.removeEventListener('abort', onAbort);
    cancelTimer();
    endMeasuring();
    endGroup(child.pid);
  }
}

/** The bytes of all files below a folder; what vanishes meanwhile counts nothing. */
export async function folderBytes(directory: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += await folderBytes(path);
    else
      bytes += await lstat(path).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}

function measureFolder({ ports, work }: FetchContext, onTooMuch: () => void): () => void {
  let cancel = (): void => undefined;
  let isOver = false;
  const measure = async (): Promise<void> => {
    // A cache beside the tree: twice of what is kept.
    if ((await folderBytes(work)) > 2 * ports.limits.unpackedBytesMax) onTooMuch();
    else if (!isOver) schedule();
  };
  const schedule = (): void => {
    cancel = ports.clock.after(measureMs, () => void measure());
  };
  schedule();
  return () => {
    isOver = true;
    cancel();
  };
}

async function collect(
  stream: AsyncIterable<unknown>,
  bytesMax: number,
  onTooMuch?: () => void,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    else onTooMuch?.();
  }
  return Buffer.concat(chunks).toString('utf8');
}

function lastLines(text: string): string {
  const said = text.replaceAll(/^.*(?:complete log of this run|new release of pip).*$/gm, '');
  const clean = said.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return clean === '' ? 'it failed without a word' : clean.slice(-problemCharactersMax);
}

function endGroup(id: number | undefined): void {
  if (id === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? id : -id, 'SIGKILL');
  } catch (error) {
    // Nobody of the group is left, which is what was wanted.
    if (!['ESRCH', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
