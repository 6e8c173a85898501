export { outOfScope } from './classifier.ts';
export type { IntentModel, LabelledUtterance } from './classifier.ts';
export type { DateContext } from './dates.ts';
export type { DateMention, ParseDates } from './mention.ts';
export { deserialize, modelFormat, serialize } from './model-file.ts';
export { buildParser, parseIntent, trainingUtterances, trainParser } from './parser.ts';
export type { IntentParser, IntentSource, ParseInput } from './parser.ts';
