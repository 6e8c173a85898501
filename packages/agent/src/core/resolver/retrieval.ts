// Owns ranking of tools by words: BM25 (Robertson and Zaragoza, 2009) over name, description and
// parameters. Refuses to know what a tool does or to run one.

import type { InstalledTool } from '@opencomputer/contracts/internal';

/** An index over a fixed list of tools. */
export interface ToolIndex {
  readonly tools: readonly InstalledTool[];
  /** Per word: the positions of the tools that have it, with how often. */
  readonly postings: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly lengths: readonly number[];
  readonly lengthMean: number;
}

/** A tool with its score; higher is better, 0 is never returned. */
export interface RankedTool {
  readonly tool: InstalledTool;
  readonly score: number;
}

const saturation = 1.2;
const lengthWeight = 0.75;
/** Words of a name say more than words of a description. */
const nameWeight = 3;
const queryWordsMax = 64;

const stopWords = new Set(
  'a an and are as at be by can could do for from get give have how i in is it its me my of on or please show so some tell that the them then this to was what when where which will with would you your'.split(
    ' ',
  ),
);

/** Lower-case words without the commonest ones; plural, -ing and -ed endings are cut. */
export function wordsOf(text: string): readonly string[] {
  const found =
    text
      .toLowerCase()
      .normalize('NFKC')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return found.filter((word) => !stopWords.has(word)).map(stem);
}

/** An index of tools; built once per change of the installed plugins. */
export function indexTools(tools: readonly InstalledTool[]): ToolIndex {
  const postings = new Map<string, Map<number, number>>();
  const lengths = tools.map((tool, position) => {
    const counts = countWords(tool);
    let length = 0;
    for (const [word, count] of counts) {
      length += count;
      const list = postings.get(word) ?? new Map<number, number>();
      list.set(position, count);
      postings.set(word, list);
    }
    return length;
  });
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return { tools, postings, lengths, lengthMean: total / Math.max(1, tools.length) };
}

/** The best tools for a query, best first, at most `limit`. */
export function searchTools(index: ToolIndex, query: string, limit: number): readonly RankedTool[] {
  const scores = new Map<number, number>();
  for (const word of new Set(wordsOf(query).slice(0, queryWordsMax))) {
    const list = index.postings.get(word);
    if (list === undefined) continue;
    const rarity = Math.log(1 + (index.tools.length - list.size + 0.5) / (list.size + 0.5));
    for (const [position, count] of list) {
      const relative = (index.lengths[position] ?? 0) / Math.max(1, index.lengthMean);
      const norm = saturation * (1 - lengthWeight + lengthWeight * relative);
      const gain = (rarity * count * (saturation + 1)) / (count + norm);
      scores.set(position, (scores.get(position) ?? 0) + gain);
    }
  }
  return [...scores]
    .sort(([left, high], [right, low]) => low - high || left - right)
    .slice(0, limit)
    .flatMap(([position, score]) => {
      const tool = index.tools[position];
      return tool === undefined ? [] : [{ tool, score }];
    });
}

function countWords({ plugin, declaration }: InstalledTool): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (text: string, weight: number): void => {
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + weight);
  };
  add(`${plugin} ${declaration.name.replaceAll('_', ' ')}`, nameWeight);
  add(declaration.description, 1);
  const { properties } = declaration.input;
  if (typeof properties === 'object' && properties !== null) {
    for (const [name, schema] of Object.entries(properties)) {
      add(name.replaceAll(/[_-]/g, ' '), 1);
      const described = schema as { readonly description?: unknown } | null;
      if (typeof described?.description === 'string') add(described.description, 1);
    }
  }
  return counts;
}

function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word;
}
