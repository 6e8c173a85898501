/**
 * Owns the outside world in one process of its own: it takes every request, writes it down before it
 * answers, and lives on when the system under test is killed. Refuses to judge: what it accepted
 * twice it lists twice, and the test counts.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One request that the world accepted. */
export interface LedgerEntry {
  /** First part of the path: `/mail/send` is of the service `mail`. */
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** Header `Idempotency-Key`, when there was one. */
  readonly key?: string;
  readonly body: string;
}

/** The world, as a test sees it. */
export interface WorldLedger {
  /** `http://127.0.0.1:PORT`; a path that ends with `/silence` is accepted and never answered. */
  readonly origin: string;
  /** Everything that was accepted until now, in order. */
  entries(): readonly LedgerEntry[];
  /** Resolves with the first entry, of now or later, that fits. */
  accepted(fits: (entry: LedgerEntry) => boolean): Promise<LedgerEntry>;
  close(): Promise<void>;
}

/** A request body above this ends the connection. */
const bodyBytesMax = 16 * 1024 * 1024;

/** Starts the world; `file` is where it writes, one entry a line, and must be in a folder that exists. */
export async function startWorldLedger(file: string): Promise<WorldLedger> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  const entries: LedgerEntry[] = [];
  const waiting = new Set<(entry: LedgerEntry) => void>();
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the world ended with ${code}`)));
    lines.once('line', resolve);
  });
  lines.on('line', (line) => {
    const entry = JSON.parse(line) as LedgerEntry;
    entries.push(entry);
    for (const tell of waiting) tell(entry);
  });
  return {
    origin,
    entries: () => read(file),
    accepted: (fits) =>
      new Promise((resolve) => {
        const found = entries.find(fits);
        if (found) resolve(found);
        waiting.add((entry) => {
          if (fits(entry)) resolve(entry);
        });
      }),
    close: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** How often each key was accepted; what was sent without a key is not counted. */
export function effectsByKey(entries: readonly LedgerEntry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of entries) {
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function read(file: string): LedgerEntry[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerEntry);
}

/** The process of the world. Ends with its parent, whose end closes the pipe. */
async function serve(file: string): Promise<void> {
  appendFileSync(file, '');
  const server = createServer((request, response) => {
    response.on('error', () => response.destroy());
    accept(file, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.stdin.resume().on('close', () => process.exit());
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
}

async function accept(
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '/';
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  const key = request.headers['idempotency-key'];
  const entry: LedgerEntry = {
    service: path.split(/[/?]/)[1] ?? '',
    method: request.method ?? '',
    path,
    ...(typeof key === 'string' && { key }),
    body: Buffer.concat(chunks).toString('utf8'),
  };
  const line = `${JSON.stringify(entry)}\n`;
  appendFileSync(file, line);
  process.stdout.write(line);
  if (path.endsWith('/silence')) return;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"accepted":true}');
}

if (import.meta.main) await serve(process.argv[2] ?? '');
