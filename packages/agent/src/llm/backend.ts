// Owns what a backend is: a file that can open a model of one provider, and how that provider
// wants its prompt. Refuses retries and limits in a backend: those are the engine's.

import type { SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { ModelConfiguration, Provider } from '@opencomputer/contracts';
import type { ModelPrice } from './catalogue.ts';

/** A model that can be called, as it was found or configured. */
export interface ModelTarget {
  readonly provider: ModelConfiguration['provider'];
  /** Absent: the first that the server lists. */
  readonly model?: string;
  readonly baseUrl?: string;
  /** The API key itself. Must never be logged or put into an event. */
  readonly key?: string;
  /** The variable that was to hold the key, where the configuration names one. */
  readonly keyVariable?: string;
  /** Absent: `responses` for OpenAI itself, `chat` for every server like it. */
  readonly wire?: 'chat' | 'responses';
  /** What follows overrides what is known of the model. */
  readonly contextTokens?: number;
  readonly outputTokensMax?: number;
  readonly price?: ModelPrice;
}

/** What a backend is given to open a model. */
export interface BackendOptions {
  readonly target: ModelTarget;
  readonly model: string;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * One kind of provider.
 * Must import its package inside `open`, so that nothing is loaded before the first call. Must pass
 * key and address on as given: a package must not look into the process's environment for them.
 */
export interface Backend {
  open(options: BackendOptions): Promise<Provider>;
  /** Sent with every call. */
  readonly providerOptions?: SharedV4ProviderOptions;
  /** Marks a place up to which the provider may cache. */
  readonly cacheMark?: SharedV4ProviderOptions;
  /** Reasoning without a signature is sent back within the running turn. */
  readonly replaysReasoning?: boolean;
  /** The server can be asked which models it has (`GET /models`). */
  readonly listsModels?: boolean;
}

/** Packages insist on a key even where a server wants none; this one says so. */
export const noKey = 'none';
