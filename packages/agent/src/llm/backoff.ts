// Owns how long to wait before another attempt: full jitter, or what the provider asked for.
// Refuses to wait itself beyond one cancellable delay.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';

/** Bounds of the back-off, in milliseconds. */
export interface BackoffLimits {
  readonly backoffMs: number;
  readonly backoffMsMax: number;
}

/**
 * Milliseconds to wait after attempt number `attempt` (from 1): full jitter, uniform between 0 and
 * the doubled step (Brooker, "Exponential Backoff And Jitter"). `random` gives 0 ≤ x < 1.
 */
export function backoffDelay(attempt: number, limits: BackoffLimits, random: () => number): number {
  const step = Math.min(limits.backoffMsMax, limits.backoffMs * 2 ** (attempt - 1));
  return Math.floor(random() * step);
}

/**
 * Milliseconds that a `Retry-After` asks for: seconds or an HTTP date (RFC 9110, section 10.2.3),
 * or the `retry-after-ms` that some providers send. Undefined when there is none, or nonsense.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>> | undefined,
  now: number,
): number | undefined {
  const milliseconds = Number(headers?.['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  const value = headers?.['retry-after']?.trim();
  if (!value) return undefined;
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Resolves after `delayMs`; rejects at once when the signal is aborted. */
export function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortedBy(signal));
      return;
    }
    const abort = () => {
      cancel();
      reject(abortedBy(signal));
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** The error for a call that its caller gave up: the caller's own reason, when it is one of ours. */
export function abortedBy(signal: AbortSignal): AgentError {
  const reason: unknown = signal.reason;
  if (isAgentError(reason)) return reason;
  return new AgentError('TURN_CANCELLED', { reason: 'the caller gave up' }, { cause: reason });
}
