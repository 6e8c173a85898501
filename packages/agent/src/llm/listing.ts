// Owns asking a server which models it has, and looking for local servers. Refuses to be waited
// for longer than its bound, and to believe that a model is larger than the server says.

import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import type { ModelTarget } from './backend.ts';

/** What asking needs. */
export interface ListingOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/** A model that a server has. */
export interface ListedModel {
  readonly model: string;
  /** The window, when the server tells. */
  readonly contextTokens?: number;
}

/** Models that cannot hold a conversation. */
const NOT_FOR_CHAT = /embed|rerank|whisper|tts|moderation|dall-e|^bge-|^nomic-/i;

/**
 * The models of an OpenAI-compatible server, those that can chat first.
 * Rejects with an `AgentError` of the MODEL_ group, or with the error of the transport.
 */
export async function listModels(
  target: ModelTarget,
  options: ListingOptions,
): Promise<ListedModel[]> {
  const { fetch, clock, limitMs, signal } = options;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const cancel = clock.after(limitMs, stop);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const headers = {
      accept: 'application/json',
      ...(target.key === undefined ? {} : { authorization: `Bearer ${target.key}` }),
    };
    const response = await fetch(`${target.baseUrl}/models`, {
      headers,
      signal: controller.signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new AgentError('MODEL_REQUEST', {
        model: target.provider,
        problem: `the list of models gave HTTP ${response.status}; name a model`,
      });
    }
    return readList(await response.json());
  } catch (error) {
    if (!controller.signal.aborted || signal?.aborted) throw error;
    const details = { model: target.provider, seconds: limitMs / 1000 };
    throw new AgentError('MODEL_TIMEOUT', details, { cause: error });
  } finally {
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}

/** The local servers that answer in time and have a model, in the order of `addresses`. */
export async function findLocalTargets(
  addresses: readonly string[],
  options: ListingOptions,
): Promise<ModelTarget[]> {
  const found = await Promise.all(
    addresses.map(async (baseUrl): Promise<ModelTarget[]> => {
      const provider = 'openai-compatible';
      try {
        const [listed] = await listModels({ provider, baseUrl }, options);
        return listed ? [{ provider, baseUrl, ...listed }] : [];
      } catch {
        return []; // Nobody listens there, or it is another kind of server: the usual case.
      }
    }),
  );
  return found.flat();
}

function readList(body: unknown): ListedModel[] {
  const data: unknown = (body as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return [];
  const models = data.flatMap((entry: unknown): ListedModel[] => {
    const { id, ...rest } = (entry ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || id === '') return [];
    const contextTokens = readWindow(rest);
    return [{ model: id, ...(contextTokens === undefined ? {} : { contextTokens }) }];
  });
  return models.toSorted(
    (a, b) => Number(NOT_FOR_CHAT.test(a.model)) - Number(NOT_FOR_CHAT.test(b.model)),
  );
}

/** vLLM: `max_model_len`; llama.cpp: `meta.n_ctx`; gateways: `context_length`, `context_window`. */
function readWindow(entry: Record<string, unknown>): number | undefined {
  const meta = (entry['meta'] ?? {}) as Record<string, unknown>;
  const places = [
    entry['max_model_len'],
    meta['n_ctx'],
    entry['context_length'],
    entry['context_window'],
  ];
  return places.find((place): place is number => typeof place === 'number' && place > 0);
}
