// Owns the values of plugins whose language has no sealing of its own: the host seals them for it, in
// the very files that a plugin on the TypeScript kit would write. Refuses to hand out the key.

import { AgentError } from '@opencomputer/contracts';
import type { Json } from '@opencomputer/contracts';
import { StorageFactory } from '@opencomputer/plugin/storage';
import { isObject } from '../json-object.ts';
import type { HostedStorage } from '../kit-connection.ts';

/** Storage that opens the folder and the key of each call's circumstances. */
export function createHostedStorage(): HostedStorage {
  const factory = new StorageFactory();
  // A call that was cancelled is over on our side: its requests do not come here any more.
  const never = new AbortController().signal;
  const open = (handle: Json): ReturnType<StorageFactory['open']> => {
    const { directory, key } = isObject(handle) ? handle : {};
    if (typeof directory === 'string' && typeof key === 'string') {
      return factory.open({ directory, key }, never);
    }
    throw new AgentError('STORE_FAILED', { problem: 'the call has no storage' });
  };
  return {
    get: async (handle, name) => open(handle).get(name),
    set: async (handle, name, value) => open(handle).set(name, value),
    delete: async (handle, name) => open(handle).delete(name),
  };
}
