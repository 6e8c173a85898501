export { advance, isFinal, pendingCommands, replay } from './turn.ts';
