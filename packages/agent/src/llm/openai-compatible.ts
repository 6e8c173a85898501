// Owns the backends for any server that speaks one of OpenAI's wires: Ollama, vLLM, LM Studio,
// llama.cpp, gateways. Refuses to require a key, since local servers want none.

import type { Backend } from './backend.ts';
import { openai } from './openai.ts';

/** Ollama's address: the most common local server. */
const address = 'http://127.0.0.1:11434/v1';

/** The chat wire of a server with an address of its own. */
export const openaiCompatible: Backend = {
  open: async ({ target, model, fetch }) => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return createOpenAICompatible({
      name: 'compatible',
      baseURL: target.baseUrl ?? address,
      ...(target.key === undefined ? {} : { apiKey: target.key }),
      includeUsage: true,
      fetch,
    }).chatModel(model);
  },
  replaysReasoning: true,
  listsModels: true,
};

/** The responses wire of such a server. */
export const openaiCompatibleResponses: Backend = {
  ...openai,
  open: (options) => {
    const { target } = options;
    return openai.open({ ...options, target: { ...target, baseUrl: target.baseUrl ?? address } });
  },
  listsModels: true,
};
