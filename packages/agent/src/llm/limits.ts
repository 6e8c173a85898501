// Owns the bounds of every call: time, bytes, attempts and pauses. Refuses to be read from
// anywhere but the engine's dependencies, so that a test can make each of them small.

/** Bounds of a call; times in milliseconds. */
export interface EngineLimits {
  /** Until the connection, TLS included, is open. */
  readonly connectMsMax: number;
  /** From the request to the first byte of the body of a streamed answer. */
  readonly firstByteMsMax: number;
  /** Between two pieces of a streamed answer. */
  readonly idleMsMax: number;
  /** One attempt, whole. Also the wait for an answer that is not streamed. */
  readonly attemptMsMax: number;
  /** Bytes of one answer on the wire. */
  readonly answerBytesMax: number;
  /** Characters of text, reasoning and arguments in one answer. */
  readonly answerCharactersMax: number;
  /** Attempts of one call that failed for a reason that may pass. */
  readonly attemptsMax: number;
  /** First step of the back-off; it doubles with each attempt. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** A provider that asks for a longer wait is not waited for. */
  readonly retryAfterMsMax: number;
  /** With another model at hand, a longer wait than this goes to that model instead. */
  readonly fallbackMsMax: number;
  /** Consecutive failures that pause a model. */
  readonly failuresMax: number;
  /** First pause of a model; it doubles while the probes fail. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  /** Asking a local server which models it has. */
  readonly probeMsMax: number;
  /** Models tried for one call. */
  readonly modelsMax: number;
}

/** The bounds in use unless the composition root gives others. */
export const defaultLimits: EngineLimits = {
  connectMsMax: 10_000,
  firstByteMsMax: 120_000,
  idleMsMax: 60_000,
  attemptMsMax: 300_000,
  answerBytesMax: 32 * 1024 * 1024,
  answerCharactersMax: 4 * 1024 * 1024,
  attemptsMax: 3,
  backoffMs: 500,
  backoffMsMax: 8_000,
  retryAfterMsMax: 30_000,
  fallbackMsMax: 2_000,
  failuresMax: 5,
  pauseMs: 10_000,
  pauseMsMax: 5 * 60_000,
  probeMsMax: 300,
  modelsMax: 8,
};
