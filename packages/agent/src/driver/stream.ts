// Owns the stream of parts from a running turn to whoever reads it. Refuses to hold more than its
// limit for a reader that does not read: such a reader loses the rest and can read the turn later.

import type { StreamPart } from '@opencomputer/contracts';

/** Parts kept for a reader that is behind. */
export const partsWaitingMax = 10_000;

/** One reader's end of a stream: parts are put in, and taken out by iteration until the end. */
export interface PartStream {
  readonly put: (part: StreamPart) => void;
  end(): void;
  /** Ends the stream with a failure that the reader gets after the parts before it. */
  readonly fail: (error: unknown) => void;
  readonly parts: AsyncIterable<StreamPart>;
}

/** An empty stream. */
export function createPartStream(): PartStream {
  const waiting: StreamPart[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    wake?.();
    wake = undefined;
  };
  async function* iterate(): AsyncGenerator<StreamPart> {
    for (;;) {
      const part = waiting.shift();
      if (part !== undefined) yield part;
      else if (failure !== undefined) throw failure;
      else if (ended) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return {
    put: (part) => {
      // The last part tells how the turn ended, so it is kept whatever was lost before it.
      if (ended || (waiting.length >= partsWaitingMax && part.type !== 'turn-end')) return;
      waiting.push(part);
      notify();
    },
    end: () => {
      ended = true;
      notify();
    },
    fail: (error) => {
      ended = true;
      failure = error instanceof Error ? error : new Error(String(error));
      notify();
    },
    parts: { [Symbol.asyncIterator]: iterate },
  };
}
