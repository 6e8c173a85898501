// Owns the events of model calls that failed: which model, which prompt by its hash, how often, how
// long. Refuses text, and calls that were answered: those are in the record of their turn.

import type { Clock, ErrorCode, InboundMessage, Usage } from '@opencomputer/contracts';
import type { Database } from '@opencomputer/contracts/internal';
import type { Journal, Owner } from './journal.ts';

/** A call of a model that has ended. */
export interface EndedCall {
  readonly turn: string;
  readonly step: number;
  /** Empty when no model could be tried. */
  readonly model: string;
  readonly provider: string;
  readonly promptHash: string;
  readonly usage: Usage;
  readonly attempts: number;
  readonly durationMs: number;
  /** Set when it failed. */
  readonly code?: ErrorCode;
}

/** What the log is made of. */
export interface CallLogParts {
  readonly journal: Pick<Journal, 'event'>;
  readonly database: Pick<Database, 'write'>;
  readonly clock: Clock;
  readonly report: (error: unknown, about: string) => void;
}

/** The log, told of every call. */
export interface CallLog {
  /** The calls that follow with this turn are made for this message. */
  begin(message: Pick<InboundMessage, 'id' | 'person' | 'conversation'>): void;
  /** Writes the event `model-call` of a failed call. Never throws: the turn tells of the failure. */
  end(call: EndedCall): void;
}

/** Turns whose owner is remembered; the one that called least recently is forgotten first. */
export const ownersMax = 1_000;

/** A log over the journal. */
export function createCallLog({ journal, database, clock, report }: CallLogParts): CallLog {
  const owners = new Map<string, Owner>();
  const write = async (owner: Owner, call: EndedCall, code: ErrorCode): Promise<void> => {
    const { turn, step, model, provider, promptHash, attempts, durationMs } = call;
    // Named one by one, so that nothing else of a call can ever come along.
    const numbers = { step, model, provider, promptHash, attempts, durationMs, code };
    const payload = { ...numbers, usage: { ...call.usage } };
    const event = { name: 'model-call', at: clock.now(), payload };
    await database.write([await journal.event({ ...owner, turn }, event)], { durable: false });
  };
  return {
    begin: ({ id, person, conversation }) => {
      owners.delete(id);
      owners.set(id, { person, conversation });
      const oldest = owners.keys().next();
      if (owners.size > ownersMax && !oldest.done) owners.delete(oldest.value);
    },
    end: (call) => {
      const { turn, code } = call;
      const owner = owners.get(turn);
      if (code === undefined || owner === undefined) return;
      write(owner, call, code).catch((error: unknown) => report(error, `model call of ${turn}`));
    },
  };
}
