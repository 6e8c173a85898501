// Owns what plugins say of their own tools when they are asked: remembered between starts, asked for
// anew one plugin after the other. Refuses to let one that cannot be asked stop the others.

import type { Clock } from '@opencomputer/contracts';
import type { ServerListing } from './connection.ts';
import { startDeadline } from './deadline.ts';
import { ListingStore } from './listing-store.ts';
import type { Fingerprint, ListedPlugin } from './listing-store.ts';
import type { PluginProcesses } from './processes.ts';

const LIST_MS_MAX = 180_000;

/** What listings are kept and asked with. */
export interface ListedToolsParts {
  /** Where they are remembered. */
  readonly directory: string;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
  readonly processes: Pick<PluginProcesses, 'connectToList'>;
}

/** The listings of one host. */
export class ListedTools {
  readonly #store: ListingStore;
  readonly #parts: ListedToolsParts;
  /** What this process was told, be it too large to be remembered. */
  readonly #asked = new WeakMap<ListedPlugin, ServerListing>();
  #listings: ReadonlyMap<string, ServerListing> = new Map();
  #refreshing: Promise<ReadonlyMap<string, string>> | undefined;
  /** Plugins that could not be asked the last time, with the problem. */
  #unreached: ReadonlyMap<string, string> = new Map();

  constructor(parts: ListedToolsParts) {
    const { directory, clock, fingerprint } = parts;
    this.#parts = parts;
    this.#store = new ListingStore(directory, () => clock.now(), fingerprint);
  }

  of(plugin: string): ServerListing | undefined {
    return this.#listings.get(plugin);
  }

  /** Why a plugin could not be asked. */
  problemOf(plugin: string): string | undefined {
    return this.#unreached.get(plugin);
  }

  /** What is remembered of these plugins. */
  read(plugins: readonly ListedPlugin[]): ReadonlyMap<string, ServerListing> {
    const found = plugins.flatMap((plugin) => {
      const listing = this.#asked.get(plugin) ?? this.#store.read(plugin)?.listing;
      return listing === undefined ? [] : [[plugin.name, listing] as const];
    });
    this.#listings = new Map(found);
    return this.#listings;
  }

  /** Asks where nothing fresh is remembered; `changed` is called after each answer. Never rejects. */
  refresh(
    plugins: () => readonly ListedPlugin[],
    changed: () => void,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    this.#refreshing ??= this.#askAll(plugins(), changed, signal).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #askAll(
    plugins: readonly ListedPlugin[],
    changed: () => void,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const problems = new Map<string, string>();
    for (const plugin of plugins) {
      if (this.#store.read(plugin)?.isFresh === true) continue;
      const deadline = startDeadline(this.#parts.clock, LIST_MS_MAX, signal);
      try {
        await Promise.race([this.#ask(plugin, deadline.signal), deadline.rejection]);
        changed();
      } catch (error) {
        problems.set(plugin.name, error instanceof Error ? error.message : String(error));
      } finally {
        deadline.dispose();
      }
    }
    this.#unreached = problems;
    return problems;
  }

  async #ask(plugin: ListedPlugin, signal: AbortSignal): Promise<void> {
    const startable =
      plugin.kind === 'server'
        ? plugin
        : ({ kind: 'release', name: plugin.name, release: plugin.current } as const);
    const connection = await this.#parts.processes.connectToList(startable);
    try {
      const listing = await connection.list(signal);
      this.#asked.set(plugin, listing);
      await this.#store.write(plugin, listing);
    } finally {
      await connection.stop();
    }
  }
}
