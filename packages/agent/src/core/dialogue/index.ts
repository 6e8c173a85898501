export {
  addTurn,
  assembleMessages,
  charactersOf,
  emptyConversation,
  foldConversation,
  saidBy,
} from './conversation.ts';
export type { Conversation, CurrentTurn, WindowLimits } from './conversation.ts';
