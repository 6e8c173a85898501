export { openWorkbench, launchAuthored } from './workbench.ts';
export type { Workbench, WorkbenchAnswer, WorkbenchOptions } from './workbench.ts';
export { parseYaml } from '../located-document.ts';
export type { LocatedDocument, ValuePath } from '../located-document.ts';
export { checkManifest } from '../manifest-yaml.ts';
export type { ParsedManifest } from '../manifest-yaml.ts';
export { satisfies } from '../version-range.ts';
export type { PluginEvent } from '../supervisor.ts';
export { packFolder } from './pack-folder.ts';
export {
  createOciClient,
  createSigningKey,
  parseOciReference,
  publishPlugin,
  readSigningKey,
  refreshIndexes,
  searchIndexes,
  signRegistryDocument,
  signRelease,
  verifyRelease,
} from '../registry/index.ts';
export type {
  CurrentIndex,
  OciClient,
  OciCredentials,
  PackedTree,
  SigningKey,
} from '../registry/index.ts';
export { createGuardedFetch } from '../guarded-fetch.ts';
export type { GuardedFetch } from '../guarded-fetch.ts';
