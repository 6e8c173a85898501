export {
  addTurn,
  assembleMessages,
  charactersOf,
  emptyConversation,
  foldConversation,
} from './conversation.ts';
export type { Conversation, FinishedTurn } from './conversation.ts';
