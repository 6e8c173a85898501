// Owns the bench of what the model is sent for the smallest message. Refuses to guess tokens by
// anything but the bytes of the request.

import { callTurns } from './measure/callers.ts';
import { makeSurroundings, modelText } from './measure/surroundings.ts';
import type { Surroundings } from './measure/surroundings.ts';

const bytesPerToken = 4;

/** The whole request for "hi", instructions and tools included; tokens are bytes / 4. */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const surroundings = await makeSurroundings('context', options);
  if (surroundings === undefined) return {};
  try {
    const { endpoint } = await surroundings.serve();
    const request = await sentFor('hi', { surroundings, endpoint });
    const { tools } = JSON.parse(request) as { tools?: unknown[] };
    return {
      'context.hi_tokens': Buffer.byteLength(request) / bytesPerToken,
      'context.hi_tools': tools?.length ?? 0,
    };
  } finally {
    await surroundings.end();
  }
}

/** The request for `text`; for a longer one when the model is not needed for `text`. */
async function sentFor(
  text: string,
  on: { surroundings: Surroundings; endpoint: { base: string; key: string } },
): Promise<string> {
  const { surroundings, endpoint } = on;
  await callTurns({ endpoint, turns: 1, text, user: `context ${text}` });
  if ((await surroundings.modelRequests()) > 0) return surroundings.lastRequest();
  if (text === modelText) throw new Error('context: the model was not called');
  console.error(`context: "${text}" is answered without the model; asking a question`);
  return sentFor(modelText, on);
}
