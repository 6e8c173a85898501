// Owns the choice among plugins that declare the same intent: named by the person, then the words,
// then what worked before. Refuses to guess a tie, which is the person's to break.

import type { CandidateScore } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { termsOf } from './terms.ts';

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
    ({ plugin, declaration }) => new Set(termsOf(`${plugin} ${declaration.description}`)),
  );
  const said = [...new Set(termsOf(text))];
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

/** What people say for a place, where its alias has the noun of the intent: "the work diary". */
const placeNouns = ['cal', 'calender', 'calandar', 'diary', 'agenda', 'schedule'];
/** Words that may follow a bare name which says the place; any other makes it part of something else. */
const afterPlace =
  /^(?:$|s |book|list|account|plugin|app|for|from|to|at|on|in|this|next|last|and|or|if|whether|when|so|please|pls|thanks|it|the|a|an|my|any|all|what|am|is|add|put|move|book|create|show|make|schedule|shift|set|change|today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|noon|morning|every|each|between|instead|\d)/;
const beforePlace =
  /(?:^| (?:in|into|onto|inside|on|via|using|use|through|check|according to|show|show me|list|open)| (?:add|put|enter|save|stick|copy|write|log|pop|get)(?: \S+){0,12} to)(?: (?:my|our|the))?$/;

/**
 * The longest name or alias of the plugin that the text holds as whole words. The intent's own noun
 * names nobody: "my calendar" does not mean the plugin that happens to be called calendar. A bare name
 * must say the place: "in acme" does, "lunch with Acme" and "the Acme merger" do not.
 */
export function namedIn(text: string, intent: InstalledIntent): string | undefined {
  const haystack = ` ${plain(text)} `.replaceAll(denied, ' ');
  const subject = plain(intent.declaration.name).split(' ');
  const noun = subject[0] ?? '';
  return [...intent.aliases, intent.plugin]
    .map(plain)
    .filter((alias) => alias !== '' && !subject.includes(alias))
    .flatMap((alias) => {
      const owner = ownerIn(alias, noun);
      if (owner === undefined) return [`${alias} ${noun}`, alias];
      const others = placeNouns.map((other) => `${owner} ${other}`);
      return [alias, ...others, ...['the', 'my'].map((word) => `${word} ${owner} one`)];
    })
    .filter((wording) => addresses(text, wording) || says(haystack, wording, noun))
    .sort((left, right) => right.length - left.length)[0];
}

/** True when the message begins with a name and a colon, as a letter does. */
function addresses(text: string, wording: string): boolean {
  const [first, ...rest] = text.split(/[:,]/);
  return rest.length > 0 && plain(first ?? '').replace(/^(?:my|our|the) /, '') === wording;
}

/** The words before the noun of the intent: "work" in "work notes". */
function ownerIn(alias: string, noun: string): string | undefined {
  const end = [` ${noun}`, ` ${noun}s`].find((place) => alias.endsWith(place));
  return end === undefined ? undefined : alias.slice(0, -end.length);
}

function says(haystack: string, wording: string, noun: string): boolean {
  const words = ` ${wording} `;
  const isPlace = [noun, `${noun}s`, 'one', ...placeNouns].some((place) =>
    wording.endsWith(` ${place}`),
  );
  let from = haystack.indexOf(words);
  for (; from >= 0; from = haystack.indexOf(words, from + 1)) {
    const [before, after] = [haystack.slice(0, from), haystack.slice(from + words.length)];
    if (isPlace) return true;
    if (beforePlace.test(before) && afterPlace.test(after)) return true;
  }
  return false;
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll(/['’]s\b/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
