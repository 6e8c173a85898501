// Without the rest of its folder, which would load the SDK's client.
export { grantsIn } from '../access/grant.ts';
export { createHostedStorage } from './hosted-storage.ts';
export { createReleaseStarter } from './release-start.ts';
export type { ReleaseStartParts, RuntimeEvent } from './release-start.ts';
