// Owns the words that are characteristic of each intent, learned from its examples by log-odds. Refuses
// to decide: a cue is evidence that an intent was named, not that it is wanted.

import { outOfScope } from './classifier.ts';
import type { LabelledUtterance } from './classifier.ts';
import { tokenize } from './tokens.ts';

/** Log-odds of each characteristic word or pair of words, by intent. */
export type Cues = ReadonlyMap<string, ReadonlyMap<string, number>>;

const logOddsMin = 1.8;
const examplesMin = 2;

function grams(words: readonly string[]): Set<string> {
  const found = new Set(words);
  for (let index = 1; index < words.length; index += 1) {
    found.add(`${words[index - 1]} ${words[index]}`);
  }
  return found;
}

/**
 * Learns cues from examples whose slots were left out (`{slot}` removed), and from utterances that are out
 * of scope.
 */
export function learnCues(examples: readonly LabelledUtterance[]): Cues {
  const sizes = new Map<string, number>();
  const totals = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();
  for (const { text, intent } of examples) {
    sizes.set(intent, (sizes.get(intent) ?? 0) + 1);
    const own = counts.get(intent) ?? new Map<string, number>();
    counts.set(intent, own);
    for (const gram of grams(tokenize(text))) {
      own.set(gram, (own.get(gram) ?? 0) + 1);
      totals.set(gram, (totals.get(gram) ?? 0) + 1);
    }
  }
  const cues = new Map<string, ReadonlyMap<string, number>>();
  for (const [intent, own] of counts) {
    if (intent === outOfScope) continue;
    const size = sizes.get(intent) ?? 0;
    const others = examples.length - size;
    const found = new Map<string, number>();
    for (const [gram, count] of own) {
      const elsewhere = (totals.get(gram) ?? 0) - count;
      const odds =
        Math.log((count + 0.5) / (size + 1)) - Math.log((elsewhere + 0.5) / (others + 1));
      if (count >= examplesMin && odds >= logOddsMin) found.set(gram, odds);
    }
    cues.set(intent, found);
  }
  return cues;
}

/** The strongest cue of an intent among words; 0 when there is none. */
export function strongestCue(cues: Cues, intent: string, words: readonly string[]): number {
  const own = cues.get(intent);
  if (own === undefined) return 0;
  let best = 0;
  for (const gram of grams(words)) best = Math.max(best, own.get(gram) ?? 0);
  return best;
}
