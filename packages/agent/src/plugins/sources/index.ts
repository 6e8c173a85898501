export { fetchSource } from './source.ts';
export { systemSources } from './system-sources.ts';
export { parseReference } from './reference.ts';
export type { SourceReference } from './reference.ts';
export { publicRegistries } from './npm.ts';
export type { FetchedSource, SourcePorts } from './ports.ts';
export { sourceLimits } from './limits.ts';
export type { SourceLimits } from './limits.ts';
export type { ImageDescription } from './image.ts';
