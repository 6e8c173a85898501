// Owns results of read tools that may be given again: for how long is declared, for whom is part of
// the key. Refuses writes, failures, and to keep more than a bounded amount.

import { createHash } from 'node:crypto';
import type { Clock, Json, JsonObject, ToolOutcome } from '@opencomputer/contracts';

const entriesMax = 500;
const bytesMax = 8_000_000;
const outcomeBytesMax = 200_000;

/** What a result depends on. Two calls with equal questions have equal answers for a while. */
export interface CacheQuestion {
  /** The plugin with its release: a new version starts with nothing. */
  readonly release: string;
  readonly tool: string;
  readonly input: JsonObject;
  readonly person: string;
  readonly folders: readonly string[];
  readonly timeZone: string;
}

interface Entry {
  readonly outcome: ToolOutcome;
  readonly until: number;
  readonly bytes: number;
}

/** Results in memory, the least recently used go first. */
export class CallCache {
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The result of an equal call that is still good. */
  get(question: CacheQuestion): ToolOutcome | undefined {
    const key = keyOf(question);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#remove(key);
    if (entry.until <= this.#clock.monotonic()) return undefined;
    this.#keep(key, entry);
    return entry.outcome;
  }

  /** Keeps a result for `cacheMs`; only what was done, without timers, and of bounded size. */
  set(question: CacheQuestion, outcome: ToolOutcome, cacheMs: number): void {
    if (outcome.status !== 'done' || outcome.timers !== undefined) return;
    const bytes = Buffer.byteLength(JSON.stringify(outcome));
    if (bytes > outcomeBytesMax) return;
    const key = keyOf(question);
    this.#remove(key);
    this.#keep(key, { outcome, until: this.#clock.monotonic() + cacheMs, bytes });
    while (this.#entries.size > entriesMax || this.#bytes > bytesMax) {
      const [oldest] = this.#entries.keys();
      if (oldest === undefined) return;
      this.#remove(oldest);
    }
  }

  #keep(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

function keyOf({ release, tool, input, person, folders, timeZone }: CacheQuestion): string {
  const parts = [release, tool, sorted(input), person, [...folders], timeZone];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/** The same value with the keys of its objects in order, so that equal arguments are equal texts. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((part: Json) => sorted(part));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [two]) => (one < two ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
