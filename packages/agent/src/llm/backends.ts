// Owns the list of the backends that come with the product. Refuses to load any of them: each
// imports its package when a model of it is opened.

import { anthropic } from './anthropic.ts';
import type { Backend, ModelTarget } from './backend.ts';
import { google } from './google.ts';
import { openaiCompatible, openaiCompatibleResponses } from './openai-compatible.ts';
import { openai, openaiChat } from './openai.ts';

/** The backend of a target; undefined when it comes with a package that is installed apart. */
export function builtInBackend(
  target: Pick<ModelTarget, 'provider' | 'wire'>,
): Backend | undefined {
  switch (target.provider) {
    case 'openai':
      return target.wire === 'chat' ? openaiChat : openai;
    case 'openai-compatible':
      return target.wire === 'responses' ? openaiCompatibleResponses : openaiCompatible;
    case 'anthropic':
      return anthropic;
    case 'google':
      return google;
    case 'llama':
    default:
      return undefined;
  }
}
