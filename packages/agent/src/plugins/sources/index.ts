export { fetchSource } from './source.ts';
export { systemSources } from './system-sources.ts';
export type { SourceReference } from './reference.ts';
export type { FetchedSource, SourcePorts } from './ports.ts';
export type { SourceLimits } from './limits.ts';
export type { ImageDescription } from './image.ts';
