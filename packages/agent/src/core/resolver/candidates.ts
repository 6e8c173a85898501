// Owns the choice among plugins that declare the same intent: named by the person, then the words,
// then what worked before. Refuses to guess a tie, which is the person's to break.

import type { CandidateScore } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { wordsOf } from './retrieval.ts';

/** Share of good outcomes per plugin, 0 to 1; read from a view of the log. */
export type Priors = Readonly<Record<string, number>>;

/** Candidates closer than this are a tie. */
export const tieDistance = 0.1;

const namedScore = 10;
const priorWeight = 0.5;
const priorUnknown = 0.5;

/** The installed intents of one name, best first, each with the reason for its score. */
export function rankCandidates(
  intents: readonly InstalledIntent[],
  text: string,
  priors: Priors,
): readonly (CandidateScore & { readonly intent: InstalledIntent })[] {
  const described = intents.map(
    ({ plugin, declaration }) => new Set(wordsOf(`${plugin} ${declaration.description}`)),
  );
  const said = [...new Set(wordsOf(text))];
  const scored = intents.map((intent, position) => {
    const named = namedIn(text, intent);
    const retrieval = distinction(said, described, position);
    const prior = priors[intent.plugin] ?? priorUnknown;
    const reasons = [
      ...(named ? [`"${named}" is named`] : []),
      `words ${retrieval.toFixed(2)}`,
      `prior ${prior.toFixed(2)}`,
    ];
    return {
      intent,
      plugin: intent.plugin,
      tool: intent.declaration.tool,
      score: (named ? namedScore + named.length : 0) + retrieval + prior * priorWeight,
      reason: reasons.join(', '),
    };
  });
  return scored.sort((left, right) => right.score - left.score);
}

/** How far what was said points at one description and not at the others, 0 to 1. */
function distinction(
  said: readonly string[],
  described: readonly ReadonlySet<string>[],
  position: number,
): number {
  let sum = 0;
  for (const word of said) {
    if (!described[position]?.has(word)) continue;
    const sharing = described.filter((words) => words.has(word)).length;
    sum += Math.log2(described.length / sharing);
  }
  return Math.min(1, sum);
}

/** A name behind one of these is said to be not meant. */
const denied = / (?:non|not(?: (?:on|in|to|into|my|the))*|except(?: (?:on|in|my|the))*) \S+(?= )/g;

/**
 * The longest name or alias of the plugin that the text holds as whole words. The intent's own noun
 * names nobody: "my calendar" does not mean the plugin that happens to be called calendar.
 */
export function namedIn(text: string, intent: InstalledIntent): string | undefined {
  const haystack = ` ${plain(text)} `;
  const subject = plain(intent.declaration.name).split(' ');
  return [...intent.aliases, intent.plugin]
    .map(plain)
    .filter((alias) => alias !== '' && !subject.includes(alias))
    .filter((alias) => haystack.replaceAll(denied, ' ').includes(` ${alias} `))
    .sort((left, right) => right.length - left.length)[0];
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll(/['’]s\b/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
