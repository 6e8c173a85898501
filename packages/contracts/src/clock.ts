// Owns the ports for time and identifiers, so that nothing testable reads the machine's own.
// Refuses to hold state: implementations live in the composition root and in the testkit.

/** Where time comes from. Must be the only source of time in a testable module. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump with the machine's clock. */
  now(): number;
  /** Milliseconds that never run backwards, for measuring durations. */
  monotonic(): number;
  /** Calls `run` once after `delayMs` (0 to 2^31 - 1); the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Makes time-ordered identifiers (UUID version 7, RFC 9562), lower case, 36 characters. */
export type IdentifierSource = () => string;
