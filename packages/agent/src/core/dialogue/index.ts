export {
  addTurn,
  assembleMessages,
  charactersOf,
  emptyConversation,
  foldConversation,
  saidBy,
} from './conversation.ts';
export type { Conversation, CurrentTurn } from './conversation.ts';
