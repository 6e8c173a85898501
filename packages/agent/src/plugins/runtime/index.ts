export { createReleaseStarter } from './release-start.ts';
export type { ReleaseStartParts, RuntimeEvent } from './release-start.ts';
