// Owns the counting of calls for trials, a few at a time, so that busy plugins do not write the
// lockfile at each call. Refuses to lose what it holds when the host stops.

import type { Clock, ToolOutcome } from '@opencomputer/contracts';
import type { CallCount } from '@opencomputer/contracts/internal';

const callsMax = 10;
const delayMsMax = 5_000;

/** How one call of a release ended. */
export interface CountedCall {
  readonly plugin: string;
  readonly release: string;
  readonly status: ToolOutcome['status'];
}

/** Where counts go, as `PluginManager.count`. */
type Count = (plugin: string, release: string, calls: CallCount) => Promise<void>;

/** Holds calls back until there are enough, or for long enough. */
export class CallCounter {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #count: Count;
  readonly #waiting = new Map<string, CountedCall & CallCount>();
  #calls = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'after'>, count: Count) {
    this.#clock = clock;
    this.#count = count;
  }

  /** A refusal says nothing of how good a release is; a call of unknown outcome failed. */
  add(call: CountedCall): Promise<void> {
    if (call.status === 'refused') return Promise.resolve();
    const key = `${call.plugin}\0${call.release}`;
    const { calls = 0, failures = 0 } = this.#waiting.get(key) ?? {};
    const failed = call.status === 'done' ? 0 : 1;
    this.#waiting.set(key, { ...call, calls: calls + 1, failures: failures + failed });
    this.#calls += 1;
    if (this.#calls >= callsMax) return this.flush();
    this.#cancel ??= this.#clock.after(delayMsMax, () => void this.flush());
    return Promise.resolve();
  }

  /** Passes on what was held back. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#calls = 0;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { plugin, release, calls, failures } of all) {
      await this.#count(plugin, release, { calls, failures });
    }
  }
}
