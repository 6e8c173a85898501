// Owns the options of `npm run test:cluster`. Refuses what it does not know.

import { parseArgs } from 'node:util';

/** What is done to the cluster, and with what load. */
export interface ClusterTestOptions {
  /** Processes killed at random. */
  readonly kills: number;
  readonly serverRestarts: number;
  /** Messages under way at the same time. */
  readonly conversations: number;
  /** No kill begins later than this after the start. */
  readonly minutesMax: number;
  /** Chooses whom to kill, when, and what is said. */
  readonly seed: number;
  /** Leaves logs and data where they are. */
  readonly keep: boolean;
  readonly json: boolean;
}

const numbers = { kills: 10, 'server-restarts': 1, conversations: 8, minutes: 60, seed: 1 };

/** The options of a command line. Throws for an unknown one, and for what is not a count. */
export function parseOptions(words: readonly string[]): ClusterTestOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      kills: { type: 'string' },
      'server-restarts': { type: 'string' },
      conversations: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const count = (name: keyof typeof numbers): number => {
    const typed = values[name];
    if (typed === undefined) return numbers[name];
    const form = name === 'seed' ? /^\d{1,10}$/ : /^\d{1,6}$/;
    if (!form.test(typed)) throw new Error(`--${name}: expected a count, not "${typed}"`);
    return Number(typed);
  };
  return {
    kills: count('kills'),
    serverRestarts: count('server-restarts'),
    conversations: Math.max(1, count('conversations')),
    minutesMax: count('minutes'),
    seed: count('seed'),
    keep: values.keep,
    json: values.json,
  };
}
