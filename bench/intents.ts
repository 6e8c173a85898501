// Owns the bench of the intent classifier on a labelled data set: accuracy, rejection, time. Refuses
// to see the test file before the classifier is trained and its threshold is fixed.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  classify,
  outOfScope,
  trainIntents,
} from '../packages/agent/src/core/intents/classifier.ts';
import type { LabelledUtterance } from '../packages/agent/src/core/intents/classifier.ts';
import { seededRandom } from '../packages/agent/src/core/intents/random.ts';

const seed = 20_260;

async function readPairs(file: string): Promise<LabelledUtterance[] | undefined> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pairs: unknown = JSON.parse(content);
  if (!Array.isArray(pairs))
    throw new TypeError(`${file}: not a list of [utterance, intent] pairs`);
  return pairs.map((pair: unknown) => {
    const [text, intent] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof text !== 'string' || typeof intent !== 'string') {
      throw new TypeError(`${file}: not a list of [utterance, intent] pairs`);
    }
    return { text, intent };
  });
}

function percentage(hits: number, of: number): number {
  return of === 0 ? 0 : Math.round((hits / of) * 10_000) / 100;
}

/** CPU time, which another program on the same machine does not change. */
function microsecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/**
 * Trains on `--train FILE`, measures on `--test FILE`: JSON lists of [utterance, intent] pairs, where the
 * intent `oos` is out of scope. An in-scope utterance that is rejected counts as wrong.
 * Times are CPU time, the first utterances (not yet compiled code) included.
 */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...options],
    options: { train: { type: 'string' }, test: { type: 'string' } },
    strict: false,
  });
  const { train, test } = values;
  if (typeof train !== 'string' || typeof test !== 'string') {
    throw new TypeError('intents: --train FILE and --test FILE are needed');
  }
  const [training, testing] = [await readPairs(train), await readPairs(test)];
  if (training === undefined || testing === undefined) {
    console.error('intents: data not present');
    return {};
  }
  const trainingStart = process.cpuUsage();
  const model = trainIntents(training, { random: seededRandom(seed) });
  const trainingMicroseconds = microsecondsSince(trainingStart);
  const start = process.cpuUsage();
  const found = testing.map(({ text }) => classify(model, text).intent);
  const microseconds = microsecondsSince(start);
  const tally = { inScope: 0, right: 0, outOfScope: 0, rejected: 0 };
  for (const [index, { intent }] of testing.entries()) {
    const hit = found[index] === intent ? 1 : 0;
    if (intent === outOfScope) {
      tally.outOfScope += 1;
      tally.rejected += hit;
    } else {
      tally.inScope += 1;
      tally.right += hit;
    }
  }
  return {
    'intents.in_scope_accuracy': percentage(tally.right, tally.inScope),
    'intents.oos_recall': percentage(tally.rejected, tally.outOfScope),
    'intents.train_s': trainingMicroseconds / 1e6,
    'intents.us_per_utterance': microseconds / Math.max(1, testing.length),
  };
}
