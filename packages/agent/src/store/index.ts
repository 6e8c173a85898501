// Owns the names by which the composition root reaches the store.
// Refuses everything else: other folders see only the ports in the contracts.

export { readCached, writeCached } from './cached-file.ts';
export { checkIntegrity } from './integrity.ts';
export { openStore } from './store.ts';
export type { Store, StoreOptions } from './store.ts';
export type { DataDirectory } from './data-directory.ts';
export type { RootKey } from './root-key.ts';
