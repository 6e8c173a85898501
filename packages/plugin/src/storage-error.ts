// Owns what authors see of storage: its shapes, its limit and how it fails. Refuses to load what the
// sealing needs, so that a plugin that stores nothing stays small.

import type { Json, PluginStorage } from '@opencomputer/contracts';

/** Largest value, in bytes of its JSON text. */
export const STORAGE_VALUE_BYTES_MAX = 4_000_000;

/** Why a storage operation failed; a damaged value is never returned. */
export type StorageProblem = 'damaged' | 'too-large' | 'cancelled' | 'absent' | 'name';

/** Thrown by storage. The message is safe to show: it holds no value. */
export class StorageError extends Error {
  readonly problem: StorageProblem;

  constructor(problem: StorageProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.problem = problem;
  }
}

/** Where a person's values are and the key (32 bytes, base64) that opens them. */
export interface StorageHandle {
  readonly directory: string;
  readonly key: string;
}

/** What becomes of a value: the next one (absent = left as it is), and what the caller is told. */
export interface StorageUpdate<Result> {
  readonly value?: Json;
  readonly result: Result;
}

/** Storage in which a value can be read and replaced with no other write between. */
export interface UpdatableStorage extends PluginStorage {
  update<Result>(
    name: string,
    change: (value: Json | undefined) => StorageUpdate<Result> | Promise<StorageUpdate<Result>>,
  ): Promise<Result>;
}
