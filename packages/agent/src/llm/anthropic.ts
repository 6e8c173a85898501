// Owns the backend for Anthropic's messages wire. Refuses nothing of its own: thinking and its
// signatures travel in the metadata of parts.

import type { Backend } from './backend.ts';
import { noKey } from './backend.ts';

const address = 'https://api.anthropic.com/v1';

/** The messages wire. */
export const anthropic: Backend = {
  open: async ({ target, model, fetch }) => {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    const apiKey = target.key ?? noKey;
    return createAnthropic({ baseURL: target.baseUrl ?? address, apiKey, fetch })(model);
  },
  cacheMark: { anthropic: { cacheControl: { type: 'ephemeral' } } },
};
