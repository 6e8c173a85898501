export { lintPlugin } from './lint.ts';
export type { ShownFinding } from './lint.ts';
export { rules } from './rules.ts';
