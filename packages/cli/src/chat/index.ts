export { startChat } from './chat.ts';
export type { ChatEnd, ChatOptions } from './chat.ts';
