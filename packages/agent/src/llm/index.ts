export { createModelEngine } from './engine.ts';
export type { CallRecord, LanguageEngine } from './engine.ts';
export type { EngineLimits } from './limits.ts';
export { packageLoader } from './package-folder.ts';
