export { assembleMessages, createDialogue, windowLimits } from './conversation.ts';
export type { Conversation, CurrentTurn, WindowLimits } from './conversation.ts';
