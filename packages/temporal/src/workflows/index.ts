export { conversation } from './conversation.ts';
export { timers } from './timers.ts';
export { turn } from './turn.ts';
