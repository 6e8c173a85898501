export { createHostedStorage } from './hosted-storage.ts';
export { createReleaseStarter } from './release-start.ts';
export type { ReleaseStartParts, RuntimeEvent } from './release-start.ts';
