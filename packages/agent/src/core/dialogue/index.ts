export {
  addTurn,
  assembleMessages,
  charactersOf,
  emptyConversation,
  foldConversation,
} from './conversation.ts';
export type { Conversation, CurrentTurn } from './conversation.ts';
