// Owns the turns of requests with an `Idempotency-Key`: the first request runs the turn, every repeated
// one joins it or gets its end. Refuses a key that comes with another message.

import { AgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';

/** Ends that are kept; after that the log is asked for the end of a repeated key. */
export const endsKeptMax = 1000;
/** Characters of the replies among them. */
export const endCharactersMax: number = 16 * 1024 * 1024;
/** Parts kept for those who join; what is left out stands in the end. */
const partsMax = 10_000;

/** What makes two requests the same message, as the draft calls it: the fingerprint. */
export interface KeyedMessage {
  readonly key: string;
  readonly text: string;
  readonly user: string | undefined;
}

interface Keyed {
  readonly message: KeyedMessage;
  /** What a reader that joins now is given first. */
  parts: StreamPart[];
  hasEnded: boolean;
  failure: Error | undefined;
  /** Those who wait for the next part. */
  waiting: (() => void)[];
  readers: number;
  /** A reader asked for more after the end, so it has the reply. */
  isTaken: boolean;
  /** Told when a reader took the end, or the last one left. */
  settle: () => void;
}

/**
 * The turns by their key (draft-ietf-httpapi-idempotency-key-header-07). `parts` opens the turn for
 * the first request of a key; a failure before its start leaves the key free, since nothing happened.
 * Throws IDEMPOTENCY_KEY_REUSED for the same key with another message.
 */
export class KeyedTurns {
  readonly #turns = new Map<string, Keyed>();
  #characters = 0;

  parts(message: KeyedMessage, open: () => AsyncIterable<StreamPart>): AsyncIterable<StreamPart> {
    const known = this.#turns.get(message.key);
    if (known === undefined) return read(this.#start(message, open));
    const { text, user } = known.message;
    if (text !== message.text || user !== message.user) {
      throw new AgentError('IDEMPOTENCY_KEY_REUSED');
    }
    return read(known);
  }

  #start(message: KeyedMessage, open: () => AsyncIterable<StreamPart>): Keyed {
    const turn: Keyed = {
      message,
      parts: [],
      hasEnded: false,
      failure: undefined,
      waiting: [],
      readers: 0,
      isTaken: false,
      settle: () => undefined,
    };
    this.#turns.set(message.key, turn);
    // It ends by itself: whoever reads it may leave, and the turn goes on.
    void this.#follow(turn, open);
    return turn;
  }

  async #follow(turn: Keyed, open: () => AsyncIterable<StreamPart>): Promise<void> {
    try {
      for await (const part of open()) {
        if (turn.parts.length < partsMax || part.type === 'turn-end') turn.parts.push(part);
        wake(turn);
        // Asking for more says that the reply was taken; what nobody took waits for the person.
        if (part.type === 'turn-end' && !(await endTaken(turn))) break;
      }
    } catch (error) {
      turn.failure = error instanceof Error ? error : new Error(String(error));
    }
    turn.hasEnded = true;
    this.#keep(turn);
    wake(turn);
  }

  /** Keeps the start and the end alone; readers of now hold the whole list. */
  #keep(turn: Keyed): void {
    const { key } = turn.message;
    const [start] = turn.parts;
    const end = turn.parts.at(-1);
    this.#turns.delete(key);
    if (turn.failure !== undefined || start?.type !== 'turn-start' || end?.type !== 'turn-end') {
      return;
    }
    this.#turns.set(key, { ...turn, parts: [start, end], waiting: [] });
    this.#characters += end.text.length;
    for (const [old, { parts, hasEnded }] of this.#turns) {
      if (this.#turns.size <= endsKeptMax && this.#characters <= endCharactersMax) return;
      if (!hasEnded) continue;
      this.#turns.delete(old);
      const last = parts.at(-1);
      if (last?.type === 'turn-end') this.#characters -= last.text.length;
    }
  }
}

async function* read(turn: Keyed): AsyncGenerator<StreamPart> {
  const { parts } = turn;
  turn.readers += 1;
  try {
    for (let index = 0; ; index += 1) {
      while (index >= parts.length) {
        if (parts.at(-1)?.type === 'turn-end') turn.isTaken = true;
        if (turn.isTaken) turn.settle();
        if (turn.failure !== undefined) throw turn.failure;
        if (turn.hasEnded) return;
        await new Promise<void>((resolve) => turn.waiting.push(resolve));
      }
      const part = parts[index];
      if (part !== undefined) yield part;
    }
  } finally {
    turn.readers -= 1;
    if (turn.readers === 0) turn.settle();
  }
}

/** True when a reader takes the end, false when all of them leave without it. */
async function endTaken(turn: Keyed): Promise<boolean> {
  while (!turn.isTaken && turn.readers > 0) {
    await new Promise<void>((resolve) => {
      turn.settle = resolve;
    });
  }
  return turn.isTaken;
}

function wake(turn: Keyed): void {
  for (const resolve of turn.waiting.splice(0)) resolve();
}
