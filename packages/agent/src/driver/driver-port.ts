// Owns what a driver of turns can be asked, on one machine or in a cluster. Refuses to know how turns
// are run.

import type { InboundMessage, StreamPart } from '@opencomputer/contracts';
import type {
  ModelRequest,
  SendRequest,
  TurnAction,
  TurnSummary,
} from '@opencomputer/contracts/internal';
import type { HeldTurns } from './trying-again.ts';

/** A driver of turns. */
export interface Driver {
  /** Accepts a message and runs its turn; the first part follows the durable acceptance. */
  send(request: SendRequest): AsyncIterable<StreamPart>;
  /**
   * Accepts a message that a channel brings; its reply leaves through the outbox. Resolves when it
   * is durable, also for one that was accepted before. Rejects with SERVICE_BUSY, SERVICE_STOPPING.
   */
  receive(message: Omit<InboundMessage, 'id'>): Promise<void>;
  /**
   * Resolves when the turn has taken it, or, before the turn begins, when it is durable. Rejects with
   * TURN_, APPROVAL_UNKNOWN, TURN_BUSY or SERVICE_BUSY.
   */
  act(action: TurnAction): Promise<void>;
  /** Runs again, a few at a time, what was open when the last process ended; resolves with how many. */
  resume(): Promise<number>;
  /** Runs again what was set aside, or drops it. Rejects with TURN_UNKNOWN. */
  settle(person: string, message: string, how: 'retry' | 'drop'): Promise<void>;
  /** Hides the last visible turn of a conversation. */
  undo(person: string, conversation: string): Promise<TurnSummary>;
  /** Turns of a conversation, oldest first. */
  turns(conversation: string): Promise<readonly TurnSummary[]>;
  /** What would be sent to the model if the person said `text` now. */
  preview(input: PreviewInput): Promise<ModelRequest>;
  running(): number;
  /** Turns that failed before their end could be recorded and wait to be tried again. */
  held(): HeldTurns | undefined;
  /** Takes no new message, waits for running turns up to `graceMs`, then leaves them open. */
  stop(graceMs: number): Promise<void>;
}

/** A message that is not sent. */
export interface PreviewInput {
  readonly person: string;
  readonly conversation?: string;
  readonly text: string;
  readonly timeZone: string;
}
