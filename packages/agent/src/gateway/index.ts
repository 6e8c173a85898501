export { startDaemon } from './daemon.ts';
export type { RunningDaemon } from './daemon.ts';
