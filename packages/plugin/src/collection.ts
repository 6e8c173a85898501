// Owns lists of items in one stored value, with the keys of the writes that were applied to them.
// Refuses a second effect for a key: a repeated write gets the first outcome.

import type { Json, PluginStorage, ToolOutcome } from '@opencomputer/contracts';
import { StorageError } from './storage-error.ts';
import type { StorageUpdate, UpdatableStorage } from './storage-error.ts';

/** Applied keys that are remembered; the oldest are forgotten first. */
export const APPLIED_KEYS_MAX = 1_000;
/** Characters of remembered outcomes; the oldest are forgotten first. */
const APPLIED_CHARACTERS_MAX = 500_000;
const VERSION = 1;

/** What a write does: the next items (absent = nothing is changed) and what is answered. */
export interface CollectionChange<Item> {
  readonly items?: readonly Item[];
  readonly outcome: ToolOutcome;
}

/** A list of plain-data items. */
export interface Collection<Item> {
  list(): Promise<readonly Item[]>;
  /**
   * Changes the list once per key, durably, with its outcome in the same write. `change` must be
   * pure: it gets the current items and must not alter them. A change without `items` has no effect
   * and is not remembered. A list that has grown too large is a refusal.
   */
  apply(
    idempotencyKey: string,
    change: (items: readonly Item[]) => CollectionChange<Item> | Promise<CollectionChange<Item>>,
  ): Promise<ToolOutcome>;
}

type Applied = readonly [key: string, outcome: ToolOutcome];

interface Stored<Item> {
  readonly version: number;
  readonly items: readonly Item[];
  readonly applied: readonly Applied[];
}

/**
 * A list kept under `name`. `Item` must be plain data (what survives JSON).
 * Fails as the storage does: a damaged value throws and is never taken for an empty list.
 */
export function collection<Item>(storage: PluginStorage, name: string): Collection<Item> {
  return {
    list: async () => stored<Item>(await storage.get(name)).items,
    apply: async (idempotencyKey, change) => {
      try {
        return await update(storage, name, async (value) => {
          const before = stored<Item>(value);
          const first = before.applied.find(([key]) => key === idempotencyKey);
          if (first !== undefined) return { result: first[1] };
          const { items, outcome } = await change(before.items);
          if (items === undefined) return { result: outcome };
          const applied = trimmed([...before.applied, [idempotencyKey, outcome]]);
          const next: Stored<Item> = { version: VERSION, items, applied };
          return { value: next as unknown as Json, result: outcome };
        });
      } catch (error) {
        if (error instanceof StorageError && error.problem === 'too-large') {
          return { status: 'refused', text: 'There is no room for more; remove something first.' };
        }
        throw error;
      }
    },
  };
}

function stored<Item>(value: Json | undefined): Stored<Item> {
  if (value === undefined) return { version: VERSION, items: [], applied: [] };
  const found = value as unknown as Partial<Stored<Item>> | null;
  if (found?.version === VERSION && Array.isArray(found.items) && Array.isArray(found.applied)) {
    return found as Stored<Item>;
  }
  throw new StorageError('damaged', 'A stored list has a form that this version does not know.');
}

function trimmed(applied: readonly Applied[]): readonly Applied[] {
  let characters = 0;
  let first = applied.length;
  while (first > 0 && applied.length - first < APPLIED_KEYS_MAX) {
    characters += JSON.stringify(applied[first - 1]).length;
    if (characters > APPLIED_CHARACTERS_MAX && first < applied.length) break;
    first -= 1;
  }
  return applied.slice(first);
}

/** Storage of this kit changes a value under its lock; any other one is read, then written. */
async function update<Result>(
  storage: PluginStorage,
  name: string,
  change: (value: Json | undefined) => Promise<StorageUpdate<Result>>,
): Promise<Result> {
  if ('update' in storage) return (storage as UpdatableStorage).update(name, change);
  const { value, result } = await change(await storage.get(name));
  if (value !== undefined) await storage.set(name, value);
  return result;
}
