// Owns catching the one request that a backend sends, for the tests of the backends. Refuses to
// answer it: a backend is judged by what it sends.

import type { Backend, ModelTarget } from './backend.ts';
import { toCallOptions } from './prompt.ts';

/** What would have been sent. */
export interface CaughtRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly bytes: string;
}

/** Opens the model `m-1` of a backend, calls it once, and gives the request. */
export async function requestOf(backend: Backend, target: ModelTarget): Promise<CaughtRequest> {
  let caught: CaughtRequest | undefined;
  const fetch: typeof globalThis.fetch = (url, init) => {
    const bytes = typeof init?.body === 'string' ? init.body : '';
    caught = {
      url: url instanceof Request ? url.url : String(url),
      headers: init?.headers as Record<string, string>,
      body: JSON.parse(bytes) as Record<string, unknown>,
      bytes,
    };
    return Promise.resolve(new Response('{}', { status: 400 }));
  };
  const model = await backend.open({ target, model: 'm-1', fetch });
  const request = {
    system: 'Be helpful.',
    messages: [{ role: 'user', text: 'hi' }] as const,
    tools: [],
    outputTokensMax: 10,
    trace: { turn: 't', step: 1 },
  };
  const { providerOptions } = backend;
  const call = {
    ...toCallOptions(request, { origin: 'p/m-1', replaysReasoning: false, ...backend }),
    ...(providerOptions ? { providerOptions } : {}),
  };
  await Promise.resolve(model.doGenerate(call)).catch(() => undefined);
  if (!caught) throw new Error('the backend sent nothing');
  return caught;
}
