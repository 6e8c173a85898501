export { assembleMessages, createDialogue, windowLimits } from './dialogue/index.ts';
export type { Conversation, WindowLimits } from './dialogue/index.ts';
export { indexTools, searchTools } from './resolver/index.ts';
export { advance, isFinal, pendingCommands, replay } from './turn/index.ts';
export { leaveToModel, typedCommand, understand } from './understand.ts';
export { buildParser, trainParser } from './intents/parser.ts';
export type { IntentParser, IntentSource } from './intents/parser.ts';
export { deserialize, serialize } from './intents/model-file.ts';
