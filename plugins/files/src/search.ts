// Owns how well a file answers a few words, by its path and by what is in it. Refuses to read files: it
// is given what was read.

import { words } from './words.ts';

const NAME_WEIGHT = 3;
const PATTERN_CHARACTERS_MAX = 200;

/** A query made ready: a pattern such as `*.md`, or words. */
export interface FileQuery {
  readonly pattern?: RegExp;
  readonly words: readonly string[];
}

/** Reads a query. A `*` or `?` makes it a pattern for names, in which `*` stops at a folder. */
export function readQuery(text: string): FileQuery {
  const plain = text.trim().slice(0, PATTERN_CHARACTERS_MAX);
  if (!/[*?]/.test(plain)) return { words: [...new Set(partsOf(plain))] };
  const source = plain
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'))
    .replaceAll('?', '[^/]');
  return { pattern: new RegExp(`(?:^|/)${source}$`, 'i'), words: [] };
}

/** How well a path answers: 0 for not at all, 1 when its name has every word. */
export function scorePath(query: FileQuery, shown: string, name: string): number {
  const path = shown.replaceAll('\\', '/');
  if (query.pattern !== undefined) return query.pattern.test(path) ? 1 : 0;
  if (query.words.length === 0) return 0;
  const inName = new Set(partsOf(name));
  const inPath = new Set(partsOf(path));
  const folded = name.toLowerCase();
  const score = query.words.map((word) => {
    if (inName.has(word)) return NAME_WEIGHT;
    if (word.length >= 3 && folded.includes(word)) return NAME_WEIGHT - 1;
    return inPath.has(word) ? 1 : 0;
  });
  const sum = score.reduce<number>((total, each) => total + each, 0);
  return sum / (query.words.length * NAME_WEIGHT);
}

/** The first line that has the most words of the query, and what share of them the text has. */
export function scoreText(
  query: FileQuery,
  text: string,
): { readonly share: number; readonly line: string; readonly number: number } {
  const found = new Set<string>();
  let best = { count: 0, line: '', number: 0 };
  for (const [index, line] of text.split('\n').entries()) {
    const here = new Set(words(line));
    const shared = query.words.filter((word) => here.has(word));
    for (const word of shared) found.add(word);
    if (shared.length > best.count) best = { count: shared.length, line, number: index + 1 };
  }
  const share = query.words.length === 0 ? 0 : found.size / query.words.length;
  return { share, line: best.line.trim(), number: best.number };
}

/** Words of a name: `budgetPlan_2026-v2.pdf` has budget, plan, 2026, v2 and pdf. */
function partsOf(text: string): readonly string[] {
  const apart = text.replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').replaceAll('_', ' ');
  const all = words(apart);
  return all.length > 0 ? all : (apart.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}
