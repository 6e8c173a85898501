// Owns running a handler in the process of a test, with storage like the real one. Refuses to be a
// host: no policy, no schema check, no time limit.

import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import { createContext, createStorageSource } from './call-context.ts';
import type { ServiceCaller, StorageSource } from './call-context.ts';
import { readOutcome } from './outcome.ts';
import type { StorageHandle } from './storage-error.ts';
import type { PluginTool } from './tool.ts';

/** A call of a handler in a test. */
export interface HandlerCall {
  readonly tool: string;
  readonly input?: JsonObject;
  /** Absent: a key that was not used before. */
  readonly idempotencyKey?: string;
  /** Milliseconds since the Unix epoch; absent: 2026-01-05T09:00:00Z, a Monday. */
  readonly now?: number;
  /** Absent: UTC. */
  readonly timeZone?: string;
  readonly folders?: readonly string[];
  readonly signal?: AbortSignal;
  /** Absent: storage that is removed after the call. */
  readonly storage?: StorageHandle;
  /** Answers calls of required services; absent: each is a failure. */
  readonly services?: ServiceCaller;
}

/** Storage in a temporary folder that several calls can share. */
export interface TemporaryStorage extends StorageHandle {
  remove(): Promise<void>;
}

/** Makes a temporary folder (mode 0700) and a random key. */
export async function temporaryStorage(): Promise<TemporaryStorage> {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const directory = await mkdtemp(join(tmpdir(), 'plugin-storage-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  return { directory, key: randomKey().toString('base64'), remove };
}

const noServices: ServiceCaller = (service) =>
  Promise.resolve({
    status: 'failed',
    code: 'SERVICE_UNKNOWN',
    text: `No installed plugin provides the service "${service}".`,
  });

/** One per set of tools, as in one process, so that calls at the same time share its locks. */
const sources = new WeakMap<readonly PluginTool[], StorageSource>();

const MONDAY_MORNING = Date.UTC(2026, 0, 5, 9);

/**
 * Runs the handler of one tool and returns its outcome as the host would see it. Rejects with what
 * the handler throws, and when there is no such tool.
 */
export async function runHandler(
  tools: readonly PluginTool[],
  call: HandlerCall,
): Promise<ToolOutcome> {
  const found = tools.find((entry) => entry.name === call.tool);
  if (found === undefined) throw new Error(`There is no tool "${call.tool}".`);
  const own = call.storage === undefined ? await temporaryStorage() : undefined;
  const storage = call.storage ?? own;
  try {
    const context = createContext(
      {
        idempotencyKey: call.idempotencyKey ?? crypto.randomUUID(),
        now: call.now ?? MONDAY_MORNING,
        timeZone: call.timeZone ?? 'UTC',
        folders: call.folders ?? [],
        ...(storage === undefined ? {} : { storage }),
      },
      {
        signal: call.signal ?? new AbortController().signal,
        storages: sourceOf(tools),
        call: call.services ?? noServices,
      },
    );
    const outcome: unknown = await found.handler(call.input ?? {}, context);
    return readOutcome(JSON.parse(JSON.stringify(outcome)) as unknown);
  } finally {
    await own?.remove();
  }
}

function sourceOf(tools: readonly PluginTool[]): StorageSource {
  const source = sources.get(tools) ?? createStorageSource();
  sources.set(tools, source);
  return source;
}

function randomKey(): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32)));
}
