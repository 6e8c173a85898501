export type { RunningDaemon } from './gateway/index.ts';
export { openAgent, serve } from './server.ts';
export type { AgentOptions } from './server.ts';
export { version } from './version.ts';
