// Owns the backends for OpenAI itself: the responses wire, and the chat wire for older setups.
// Refuses to have answers stored by the provider.

import type { Backend, BackendOptions } from './backend.ts';
import { noKey } from './backend.ts';

const address = 'https://api.openai.com/v1';

async function create({ target, fetch }: BackendOptions) {
  const { createOpenAI } = await import('@ai-sdk/openai');
  return createOpenAI({ baseURL: target.baseUrl ?? address, apiKey: target.key ?? noKey, fetch });
}

/** The responses wire. Reasoning comes back sealed, and is sent back so. */
export const openai: Backend = {
  open: async (options) => (await create(options)).responses(options.model),
  providerOptions: { openai: { store: false } },
};

/** The chat wire. */
export const openaiChat: Backend = {
  open: async (options) => (await create(options)).chat(options.model),
  providerOptions: { openai: { store: false } },
};
