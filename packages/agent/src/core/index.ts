export { assembleMessages, createDialogue, windowLimits } from './dialogue/index.ts';
export type { Conversation, WindowLimits } from './dialogue/index.ts';
export { indexTools, searchTools } from './resolver/index.ts';
export { advance, isFinal, pendingCommands, replay } from './turn/index.ts';
export { leaveToModel, repeated, typedCommand, understand } from './understand.ts';
export type { IntentParser } from './intents/parser.ts';
export { intentSources, loadParser } from './intents/stored-parser.ts';
