// Owns one attempt with one model: the call, its time limit, and putting a stream together.
// Refuses to decide what comes after a failure: it rejects with what it got.

import type { LanguageModelV4CallOptions, LanguageModelV4Content } from '@ai-sdk/provider';
import { AgentError } from '@opencomputer/contracts';
import type { Clock, Provider } from '@opencomputer/contracts';
import type { ModelDelta } from '@opencomputer/contracts/internal';
import type { RawAnswer, RawPart } from './answer.ts';
import { abortedBy } from './backoff.ts';
import { createCollector, tooLong, toRawCall } from './collector.ts';
import type { EngineLimits } from './limits.ts';

/** What one attempt needs. */
export interface AttemptOptions {
  readonly provider: Provider;
  readonly call: LanguageModelV4CallOptions;
  readonly clock: Clock;
  readonly limits: Pick<EngineLimits, 'attemptMsMax' | 'answerCharactersMax'>;
  readonly signal: AbortSignal;
  /** Streams when given. Ids of parts begin with `idPrefix`. */
  readonly onDelta?: (delta: ModelDelta) => void;
  readonly idPrefix: string;
}

/**
 * Runs one attempt. Ends within its time even when the provider ignores the signal. Rejects with
 * `TURN_CANCELLED` or the caller's reason after the caller's abort, with `MODEL_TIMEOUT` or
 * `MODEL_TOO_LONG` at a limit, otherwise with whatever the provider threw.
 */
export async function runAttempt(options: AttemptOptions): Promise<RawAnswer> {
  const { clock, limits, signal } = options;
  if (signal.aborted) throw abortedBy(signal);
  const controller = new AbortController();
  const abort = (): void => controller.abort(abortedBy(signal));
  signal.addEventListener('abort', abort, { once: true });
  const limitMs = limits.attemptMsMax;
  const cancel = clock.after(limitMs, () => {
    controller.abort(new AgentError('MODEL_TIMEOUT', { seconds: limitMs / 1000 }));
  });
  try {
    return await (options.onDelta
      ? stream(options, controller, options.onDelta)
      : generate(options, controller.signal));
  } catch (error) {
    controller.abort(error);
    throw controller.signal.reason;
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
  }
}

/** Rejects with the reason as soon as the signal is aborted, whether the provider listens or not. */
export function orAborted<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortedBy(signal));
    const settle = (): void => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).then(settle, settle);
  });
}

async function generate(options: AttemptOptions, signal: AbortSignal): Promise<RawAnswer> {
  const { provider, call, limits } = options;
  const result = await orAborted(provider.doGenerate({ ...call, abortSignal: signal }), signal);
  const parts = result.content.flatMap(toRawPart);
  const length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  if (length > limits.answerCharactersMax) throw tooLong(limits.answerCharactersMax);
  return { parts, finish: result.finishReason, usage: result.usage };
}

function toRawPart(part: LanguageModelV4Content): RawPart[] {
  const { providerMetadata: metadata } = part;
  if (part.type === 'text' || part.type === 'reasoning') {
    return [{ type: part.type, text: part.text, metadata }];
  }
  if (part.type !== 'tool-call' || part.providerExecuted) return [];
  return [toRawCall(part)];
}

function lengthOf(part: RawPart): number {
  return part.type === 'tool-call' ? part.input.length : part.text.length;
}

async function stream(
  options: AttemptOptions,
  controller: AbortController,
  onDelta: (delta: ModelDelta) => void,
): Promise<RawAnswer> {
  const { provider, call, limits } = options;
  const { signal } = controller;
  const result = await orAborted(provider.doStream({ ...call, abortSignal: signal }), signal);
  const reader = result.stream.getReader();
  const stop = (): void => {
    // A stream that is being torn down may reject; the abort's own reason is the one that counts.
    reader.cancel().catch(() => undefined);
  };
  signal.addEventListener('abort', stop, { once: true });
  const charactersMax = limits.answerCharactersMax;
  const collector = createCollector({ idPrefix: options.idPrefix, charactersMax, onDelta });
  for (;;) {
    const { done, value } = await reader.read();
    if (signal.aborted) throw signal.reason;
    if (done) return collector.finish();
    collector.add(value);
  }
}
