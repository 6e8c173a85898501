// Owns the backend for Google's Gemini. Refuses nothing of its own: thought signatures travel in
// the metadata of parts.

import type { Backend } from './backend.ts';
import { noKey } from './backend.ts';

const address = 'https://generativelanguage.googleapis.com/v1beta';

/** The generateContent wire. */
export const google: Backend = {
  open: async ({ target, model, fetch }) => {
    const { createGoogle } = await import('@ai-sdk/google');
    const apiKey = target.key ?? noKey;
    return createGoogle({ baseURL: target.baseUrl ?? address, apiKey, fetch })(model);
  },
};
