// Owns contract 6, the provider: the AI SDK provider interface, version 4. Refuses retries,
// failover and state in a provider: those are the engine's.

import type { LanguageModelV4 } from '@ai-sdk/provider';

/**
 * A backend for language models. Any package that implements the AI SDK interface V4 is one.
 * Must honour `abortSignal`. Must not retry. Failure is a rejected promise or an `error` part.
 */
export type Provider = LanguageModelV4;
