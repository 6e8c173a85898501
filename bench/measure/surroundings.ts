// Owns what a bench of the whole program stands on: the built program, a data directory of its own,
// and the model server of the shared bench folder. Refuses to be known to the program.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Endpoint } from './callers.ts';
import { startProgram } from './child-process.ts';
import type { ProgramCall, StartedProgram } from './child-process.ts';

export const root: string = join(import.meta.dirname, '..', '..');

/** A program, its data directory and a model server, all for one bench. */
export interface Surroundings {
  /** The model server, as the program is told of it. */
  readonly model: Endpoint;
  /** A run of the program with these words. */
  call(...words: string[]): ProgramCall;
  /** Starts the daemon on a free port; it is ended with the surroundings at the latest. */
  serve(): Promise<Served>;
  /** What the model server has counted: a request for each model call. */
  modelRequests(): Promise<number>;
  /** Requests that the model server worked on at the same time, at most, since `forgetRequests`. */
  modelRequestsAtOnce(): Promise<number>;
  /** The model server counts from nothing again. */
  forgetRequests(): Promise<void>;
  /** The last request that the model server got, as text; `null` when there was none. */
  lastRequest(): Promise<string>;
  end(): Promise<void>;
}

/** A running daemon. */
export interface Served extends StartedProgram {
  readonly endpoint: Endpoint;
  /** Its socket file, where the machine's owner speaks for any person. */
  readonly socket: string;
}

/** A sentence that no plugin's intent answers, so that the model must. */
export const modelText = 'Why do foxes have bushy tails?';

/**
 * Surroundings for one bench, or undefined when a part of them is not present, which is said.
 * Options: `--shared DIR` (holds fake-llm.mjs), `--program FILE` (the program's entry). The model
 * answers after `modelMs`, at once when that is absent.
 */
export async function makeSurroundings(
  bench: string,
  options: readonly string[],
  modelMs = 0,
): Promise<Surroundings | undefined> {
  const { program, modelServer } = places(options);
  for (const path of [program, modelServer]) {
    if (existsSync(path)) continue;
    console.error(`${bench}: ${path} not present`);
    return undefined;
  }
  const port = await freePort();
  const model = await startProgram({
    words: [modelServer, '--port', String(port), '--delay-ms', String(modelMs)],
    environment: {},
  });
  const home = mkdtempSync(join(tmpdir(), 'opencomputer-bench-'));
  const base = `http://127.0.0.1:${port}`;
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    OPENCOMPUTER_HOME: join(home, 'data'),
    OPENAI_BASE_URL: `${base}/v1`,
    OPENAI_API_KEY: 'bench',
  };
  const call = (...words: string[]): ProgramCall => ({ words: [program, ...words], environment });
  const running: StartedProgram[] = [model];
  const stats = async (): Promise<{ requests: number; maxInFlight: number }> =>
    (await (await fetch(`${base}/stats`)).json()) as { requests: number; maxInFlight: number };
  return {
    model: { base: `${base}/v1`, key: 'bench' },
    call,
    serve: async () => {
      const started = await startProgram(call('serve', '--port', '0'));
      running.push(started);
      const [, url] = /^ready (http:\S+)$/.exec(started.line) ?? [];
      if (url === undefined) {
        throw new Error(`${bench}: expected "ready <url>", got "${started.line}"`);
      }
      const key = readFileSync(join(environment.OPENCOMPUTER_HOME, 'api.key'), 'utf8').trim();
      const socket = join(environment.OPENCOMPUTER_HOME, 'agent.sock');
      return { ...started, endpoint: { base: `${url.replace(/\/$/, '')}/v1`, key }, socket };
    },
    modelRequests: async () => (await stats()).requests,
    modelRequestsAtOnce: async () => (await stats()).maxInFlight,
    forgetRequests: async () => {
      await (await fetch(`${base}/reset`, { method: 'POST' })).body?.cancel();
    },
    lastRequest: async () => (await fetch(`${base}/last`)).text(),
    end: async () => {
      for (const started of running.toReversed()) await started.end();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function places(options: readonly string[]): { program: string; modelServer: string } {
  const { values } = parseArgs({
    args: [...options],
    options: { shared: { type: 'string' }, program: { type: 'string' } },
    strict: false,
  });
  const { shared, program } = values;
  const folder = typeof shared === 'string' ? shared : join(root, '..', 'shared', 'bench');
  const entry = join(root, 'packages', 'cli', 'bin', 'agent.cjs');
  return {
    program: typeof program === 'string' ? program : entry,
    modelServer: join(folder, 'fake-llm.mjs'),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
