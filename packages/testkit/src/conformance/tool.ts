// Owns what every tool must do, as cases that an author runs against a handler. Refuses to judge what
// a tool is for: one sample call that succeeds is the author's to give.

import assert from 'node:assert/strict';
import { toolDeclaration } from '@opencomputer/contracts';
import type { CallContext, Json, JsonObject, PluginStorage } from '@opencomputer/contracts';
import type { ToolDeclaration, ToolHandler, ToolOutcome } from '@opencomputer/contracts';

/** One thing that must hold; `run` rejects when it does not. */
export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}

/** A tool, and a call of it that is done. */
export interface ToolUnderTest {
  readonly declaration: ToolDeclaration;
  readonly handler: ToolHandler;
  readonly input: JsonObject;
  /** What the handler needs beside storage, which the suite gives. */
  readonly context?: Partial<CallContext>;
  /** Bytes of text and data; the manifest's `outputBytesMax`. Absent: 1 MB. */
  readonly outputBytesMax?: number;
}

/** Time in which a handler must end after its call was cancelled. */
const CANCEL_MS_MAX = 2_000;

/** The cases for a tool. Give each to `test(name, run)`. */
export function toolConformance(subject: ToolUnderTest): readonly ConformanceCase[] {
  const { declaration } = subject;
  const input = structuredClone(subject.input);
  const named = (name: string, run: () => Promise<void>): ConformanceCase => ({
    name: `${declaration.name}: ${name}`,
    run,
  });
  return [
    named('the declaration is valid, and every sink is an argument', async () => {
      const parsed = await toolDeclaration.parseAsync(declaration);
      const { properties } = parsed.input;
      const names = typeof properties === 'object' ? Object.keys(properties ?? {}) : [];
      for (const sink of parsed.sinks) assert.ok(names.includes(sink), `no argument "${sink}"`);
    }),
    named('the sample call is done, with plain data within the bound', async () => {
      const outcome = await call(subject, new MemoryStorage());
      assert.equal(outcome.status, 'done', outcome.text);
      assert.deepEqual(JSON.parse(JSON.stringify(outcome)), outcome);
      const data = outcome.status === 'done' ? JSON.stringify(outcome.data ?? null) : '';
      const bytes = Buffer.byteLength(outcome.text) + Buffer.byteLength(data);
      assert.ok(bytes <= (subject.outputBytesMax ?? 1_000_000), `${bytes} bytes`);
    }),
    named('arguments are not altered', async () => {
      const given = structuredClone(input);
      await subject.handler(given, contextOf(subject, new MemoryStorage(), {}));
      assert.deepEqual(given, input);
    }),
    named('a cancelled call ends in time and writes nothing', async () => {
      const storage = new MemoryStorage();
      const cancelled = { signal: AbortSignal.abort() };
      const ended = call(subject, storage, cancelled).then(
        () => true,
        () => true,
      );
      assert.equal(await Promise.race([ended, late(CANCEL_MS_MAX)]), true);
      assert.equal(storage.changes, 0);
    }),
    ...(declaration.effect === 'read' ? [named('reading changes nothing', readOnly)] : []),
    ...(declaration.idempotent ? [named('a retry has its effect once', retryOnce)] : []),
  ];

  async function readOnly(): Promise<void> {
    const storage = new MemoryStorage();
    await call(subject, storage);
    assert.equal(storage.changes, 0);
  }

  async function retryOnce(): Promise<void> {
    const storage = new MemoryStorage();
    const first = await call(subject, storage, { idempotencyKey: 'same' });
    const before = storage.snapshot();
    const second = await call(subject, storage, { idempotencyKey: 'same' });
    assert.deepEqual(second, first);
    assert.deepEqual(storage.snapshot(), before);
  }
}

function call(
  subject: ToolUnderTest,
  storage: PluginStorage,
  rest: Partial<CallContext> = {},
): Promise<ToolOutcome> {
  return subject.handler(structuredClone(subject.input), contextOf(subject, storage, rest));
}

let keys = 0;

function contextOf(
  subject: ToolUnderTest,
  storage: PluginStorage,
  rest: Partial<CallContext>,
): CallContext {
  keys += 1;
  return {
    signal: rest.signal ?? new AbortController().signal,
    idempotencyKey: `key-${keys}`,
    now: Date.UTC(2026, 0, 5, 9),
    timeZone: 'UTC',
    folders: [],
    call: (service) =>
      Promise.resolve({ status: 'failed', code: 'SERVICE_UNKNOWN', text: `no ${service} here` }),
    ...subject.context,
    ...rest,
    storage: guarded(storage, rest.signal),
  };
}

/** As the kit does: a cancelled call may read but not write. */
function guarded(storage: PluginStorage, signal: AbortSignal | undefined): PluginStorage {
  if (signal?.aborted !== true) return storage;
  const refuse = (): Promise<never> => Promise.reject(new Error('The call was cancelled.'));
  return { get: (name) => storage.get(name), set: refuse, delete: refuse };
}

async function late(limitMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  setTimeout(() => resolve(false), limitMs).unref();
  return promise;
}

/** Storage that counts what is changed in it. */
class MemoryStorage implements PluginStorage {
  changes = 0;
  readonly #values = new Map<string, string>();

  get(name: string): Promise<Json | undefined> {
    const text = this.#values.get(name);
    return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as Json));
  }

  set(name: string, value: Json): Promise<void> {
    this.changes += 1;
    this.#values.set(name, JSON.stringify(value));
    return Promise.resolve();
  }

  delete(name: string): Promise<void> {
    this.changes += 1;
    this.#values.delete(name);
    return Promise.resolve();
  }

  snapshot(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }
}
