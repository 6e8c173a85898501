// Owns a plugin's process: standard input and output as a session, until the host closes them.
// Refuses to outlive its host, and to read faster than its answers are taken.

import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LineReader } from './line-reader.ts';
import { readManifestView } from './manifest-view.ts';
import { Session } from './session.ts';
import type { PluginTool } from './tool.ts';

/** Longest message that is read. */
export const MESSAGE_BYTES_MAX = 16_000_000;
/** Time that running handlers have to end after the host has gone. */
const END_MS_MAX = 1_000;

/** Streams in place of the standard ones, for tests; the process then does not exit at the end. */
export interface ServeStreams {
  readonly input: Readable;
  readonly output: Writable;
  readonly log: Writable;
}

/** Where `manifest.json` is, and other streams. */
export interface ServeOptions {
  /** Folder of `manifest.json`; absent: the folder of the program. */
  readonly directory?: string;
  readonly streams?: ServeStreams;
}

/**
 * Serves tools over standard input and output (MCP 2026-07-28 and 2025-11-25, newline-delimited).
 * Nothing else may write to standard output; what is written to standard error is the plugin's log.
 * Resolves, and ends the process, when the host closes standard input.
 */
export async function serve(
  tools: readonly PluginTool[],
  options: ServeOptions = {},
): Promise<void> {
  const { input, output, log } = options.streams ?? {
    input: process.stdin,
    output: process.stdout,
    log: process.stderr,
  };
  const directory = options.directory ?? dirname(process.argv[1] ?? '.');
  const session = new Session(tools, {
    send: (message) => {
      if (output.writableEnded || output.destroyed) return;
      if (!output.write(`${JSON.stringify(message)}\n`) && !input.isPaused()) {
        input.pause();
        output.once('drain', () => input.resume());
      }
    },
    report: (text) => void log.write(`${text}\n`),
    ambient: { now: () => Date.now(), identifier: () => crypto.randomUUID() },
    manifest: () => readManifestView(directory),
  });
  const lines = new LineReader(MESSAGE_BYTES_MAX, {
    onLine: (line) => session.receive(line),
    onOversize: () => session.receiveOversize(MESSAGE_BYTES_MAX),
  });
  await new Promise<void>((resolve) => {
    input.on('data', (chunk: Buffer) => lines.push(chunk));
    for (const event of ['end', 'close', 'error']) input.on(event, () => resolve());
    for (const event of ['close', 'error']) output.on(event, () => resolve());
  });
  await withinTime(session.close(), END_MS_MAX);
  if (options.streams === undefined) process.exit(0);
}

async function withinTime(work: Promise<void>, limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
