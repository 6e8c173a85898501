// Owns what plays outside the agent and outlives it: the ledger of effects, the target of the second
// channel, and a model whose every answer follows from what it is asked. Refuses state of its own.

import { join } from 'node:path';
import { startModelServer, startWorldLedger } from '@opencomputer/testkit';
import type { LedgerEntry, ModelServer, ServerScript, WorldLedger } from '@opencomputer/testkit';

/** The outside of one series of runs. */
export interface World {
  readonly ledger: WorldLedger;
  readonly model: ModelServer;
  close(): Promise<void>;
}

/** Words by which a message asks the model for both effects. */
export const askForEffects = 'Please post this to both services:';

/** Starts the outside; the ledger is written to `folder`. */
export async function startWorld(folder: string): Promise<World> {
  const ledger = await startWorldLedger(join(folder, 'ledger'));
  const model = await startModelServer(scriptFor(ledger.origin));
  return {
    ledger,
    model,
    close: async () => {
      await model.close();
      await ledger.close();
    },
  };
}

interface WireMessage {
  readonly role: string;
  readonly content: unknown;
}

/**
 * Asked for effects: both calls. Given their results: which of them are known to have happened.
 * Anything else: an answer that repeats the marker, a word such as `m12x3`.
 */
export function scriptFor(origin: string): ServerScript {
  return (request) => {
    const messages = request.body['messages'] as readonly WireMessage[];
    const start = messages.findLastIndex(({ role }) => role === 'user');
    const asked = JSON.stringify(messages[start]?.content);
    const marker = markersIn(asked).at(-1) ?? 'nobody';
    const results = messages.slice(start + 1).filter(({ role }) => role === 'tool');
    if (results.length > 0) {
      const told = results.map(({ content }) => outcomeIn(JSON.stringify(content)));
      return { text: `Result of ${marker}: ${told.join(', ')}.` };
    }
    if (!asked.includes(askForEffects)) return { text: `Answer to ${marker}.` };
    return {
      toolCalls: [
        { name: 'keyed_post', arguments: { address: `${origin}/keyed/post`, text: marker } },
        { name: 'once_post', arguments: { address: `${origin}/once/post`, text: marker } },
      ],
    };
  };
}

function outcomeIn(result: string): 'done' | 'unknown' | 'not done' {
  if (result.includes('may have taken effect')) return 'unknown';
  return /posted m|200 for m/.test(result) ? 'done' : 'not done';
}

/** Markers in the order in which they stand in a text. */
export function markersIn(text: string): readonly string[] {
  return text.match(/\bm\d+x\d+\b/g) ?? [];
}

/** What was accepted of one service for one marker. */
export function entriesOf(
  entries: readonly LedgerEntry[],
  service: string,
  marker: string,
): readonly LedgerEntry[] {
  return entries.filter((entry) => entry.service === service && entry.body.includes(marker));
}
