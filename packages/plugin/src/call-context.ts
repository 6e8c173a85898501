// Owns what a handler is given with a call, made from what the host sent with it. Refuses ambient
// values: the clock, zone, folders and storage are those of the call.

import type {
  CallContext,
  Json,
  JsonObject,
  PluginStorage,
  ToolOutcome,
} from '@opencomputer/contracts';
import { StorageError } from './storage-error.ts';
import type { StorageHandle, UpdatableStorage } from './storage-error.ts';
import type { StorageFactory } from './storage.ts';
import { isObject } from './wire.ts';

/** The circumstances of a call, as they travel in `_meta` of the request. */
export interface CallCircumstances {
  readonly idempotencyKey: string;
  readonly now: number;
  readonly timeZone: string;
  readonly folders: readonly string[];
  readonly storage?: StorageHandle;
}

/** Where circumstances come from when a host that is not ours sends none. */
export interface AmbientSource {
  now(): number;
  identifier(): string;
}

/** Calls an operation of a required service; ends with the call that it belongs to. */
export type ServiceCaller = (
  service: string,
  operation: string,
  input: JsonObject,
) => Promise<ToolOutcome>;

/** Loads what the sealing needs with the first use; one factory for all calls of a process. */
export type StorageSource = () => Promise<StorageFactory>;

/** A source that loads once. */
export function createStorageSource(): StorageSource {
  return shared(async () => new (await import('./storage.ts')).StorageFactory());
}

/** Runs once for everybody who asks; a failure is not kept, so whoever asks next tries again. */
function shared<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return async () => {
    const mine = (running ??= run());
    try {
      return await mine;
    } catch (error) {
      if (running === mine) running = undefined;
      throw error;
    }
  };
}

/** Reads circumstances; what is absent or of the wrong type is replaced by what harms least. */
export function readCircumstances(
  value: Json | undefined,
  ambient: AmbientSource,
): CallCircumstances {
  const given = isObject(value) ? value : {};
  const { idempotencyKey, now, timeZone, folders, storage } = given;
  const handle = isObject(storage) ? storage : {};
  const { directory, key } = handle;
  return {
    idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : ambient.identifier(),
    now: typeof now === 'number' ? now : ambient.now(),
    timeZone: typeof timeZone === 'string' ? timeZone : 'UTC',
    folders: Array.isArray(folders) ? folders.filter((entry) => typeof entry === 'string') : [],
    ...(typeof directory === 'string' && typeof key === 'string'
      ? { storage: { directory, key } }
      : {}),
  };
}

/** Makes the context of one call. */
export function createContext(
  circumstances: CallCircumstances,
  parts: {
    readonly signal: AbortSignal;
    readonly storages: StorageSource;
    readonly call: ServiceCaller;
  },
): CallContext {
  const { storage, ...plain } = circumstances;
  return {
    ...plain,
    signal: parts.signal,
    storage: storage === undefined ? noStorage : openLater(storage, parts),
    call: parts.call,
  };
}

function openLater(
  handle: StorageHandle,
  parts: { readonly signal: AbortSignal; readonly storages: StorageSource },
): UpdatableStorage {
  const storage = shared(async () => (await parts.storages()).open(handle, parts.signal));
  return {
    get: async (name) => (await storage()).get(name),
    set: async (name, value) => (await storage()).set(name, value),
    delete: async (name) => (await storage()).delete(name),
    update: async (name, change) => (await storage()).update(name, change),
  };
}

const absent = (): Promise<never> =>
  Promise.reject(new StorageError('absent', 'This host offers no storage.'));

const noStorage: PluginStorage = { get: absent, set: absent, delete: absent };
