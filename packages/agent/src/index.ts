export type { RunningDaemon } from './gateway/index.ts';
export { openAgent, serve } from './server.ts';
export type { AgentOptions } from './server.ts';
export type { ClusterOptions } from './driver/index.ts';
export { version } from './version.ts';
