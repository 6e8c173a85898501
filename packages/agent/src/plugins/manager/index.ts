export { createIndexedFetch, withdrawListed } from './indexed-fetch.ts';
export { createLockfile } from './lockfile.ts';
export type { Lockfile } from './lockfile.ts';
export { PluginManager } from './manager.ts';
export type { CommitOptions } from './manager.ts';
export type {
  FetchedPlugin,
  ManagerEvent,
  ManagerPorts,
  RefusedRelease,
  RunnablePlugin,
  RunnableRelease,
} from './ports.ts';
