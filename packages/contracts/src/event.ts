// Owns contract 1, the event: an immutable fact of the append-only log. Refuses secrets, which are
// held by reference only, and any change after it is written.

import type { Json } from './json.ts';

/**
 * An immutable fact.
 * Must be written before its effect is shown to anyone. Must not hold a secret, only a reference.
 * Must not be changed: a correction is a new event. Failure to write one fails what it describes.
 */
export interface AgentEvent<Payload = Json> {
  /** UUID version 7: sorts by time. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Noun-verb, such as `model-finish`. */
  readonly name: string;
  readonly subject: EventSubject;
  /** Plain data; sealed with the person's key where it is stored. */
  readonly payload: Payload;
  /** Version of the payload's shape, from 1. */
  readonly version: number;
}

/** What an event is about; these identifiers are stored in the clear. */
export interface EventSubject {
  readonly person: string;
  readonly conversation?: string;
  readonly turn?: string;
}
