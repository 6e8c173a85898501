// Owns the names by which the composition root reaches the store.
// Refuses everything else: other folders see only the ports in the contracts.

export { createCache } from './cached-file.ts';
export { openDataDirectory } from './data-directory.ts';
export { repairStore } from './repair.ts';
export type { Repaired } from './repair.ts';
export { openStore, sharedStore } from './store.ts';
export type { Store, StoreOptions } from './store.ts';
export type { DataDirectory } from './data-directory.ts';
export type { RootKey } from './root-key.ts';
