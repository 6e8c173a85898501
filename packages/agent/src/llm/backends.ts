// Owns the list of the backends that come with the product. Refuses to load any of them: each
// imports its package when a model of it is opened.

import { anthropic } from './anthropic.ts';
import type { Backend } from './backend.ts';
import { google } from './google.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openai, openaiChat } from './openai.ts';

/** Backends by the name that `provider` has in the configuration. */
export const builtInBackends: Readonly<Record<string, Backend>> = {
  openai,
  'openai-chat': openaiChat,
  'openai-compatible': openaiCompatible,
  anthropic,
  google,
};
