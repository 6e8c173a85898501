export { followPlugin, silenceDue } from './restored.ts';
export { timersSealed, workflowMigrations } from './tables.ts';
export { createTimers } from './timers.ts';
export type { DueTimer, FireTimer, Timers } from './timers.ts';
