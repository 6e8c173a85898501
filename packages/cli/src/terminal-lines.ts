// Owns reading lines that a person types while a program runs. Refuses lines that were typed before
// they were asked for: a key pressed too early must not answer a later question.

import { createInterface } from 'node:readline';
import type { TextInput } from './command-context.ts';

/** Lines of a terminal, from when they are asked for. */
export interface TerminalLines {
  /** The next line; empty at the end of the input, undefined when the signal comes first. */
  next(signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

/** Reads from now on, and drops what nobody asked for. */
export function readLines(input: TextInput): TerminalLines {
  const lines = createInterface({ input, terminal: false });
  let waiting: ((line: string) => void) | undefined;
  let isEnded = false;
  lines.on('line', (line) => waiting?.(line));
  lines.on('close', () => {
    isEnded = true;
    waiting?.('');
  });
  return {
    next: async (signal) => {
      if (isEnded) return '';
      const line = Promise.withResolvers<string | undefined>();
      const abort = (): void => line.resolve(undefined);
      waiting = line.resolve;
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      try {
        return await line.promise;
      } finally {
        waiting = undefined;
        signal.removeEventListener('abort', abort);
      }
    },
    close: () => lines.close(),
  };
}
