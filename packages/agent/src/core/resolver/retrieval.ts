// Owns ranking of tools by what a request says: fielded BM25 (Robertson and Zaragoza, 2009), then the
// best by the share of their name that is said. Refuses to know what a tool does or to run one.

import type { InstalledTool } from '@opencomputer/contracts/internal';
import { evidenceIn } from './evidence.ts';
import { conceptsOf } from './synonyms.ts';
import { stemOf, termsOf } from './terms.ts';
import { pairsOf, readTool } from './tool-text.ts';
import type { ToolText } from './tool-text.ts';

interface Posting {
  readonly positions: Uint32Array;
  readonly gains: Float32Array;
}

/** An index over a fixed list of tools. */
export interface ToolIndex {
  readonly tools: readonly InstalledTool[];
  /** Per term: the tools that have it, with what it adds to their score. */
  readonly postings: ReadonlyMap<string, Posting>;
  readonly names: readonly IndexedName[];
}

/** What the second look at a tool needs. */
interface IndexedName {
  readonly terms: readonly string[];
  readonly pairs: ReadonlySet<string>;
  readonly required: number;
}

const noName: IndexedName = { terms: [], pairs: new Set(), required: 0 };

/** A tool with its score; higher is better. */
export interface RankedTool {
  readonly tool: InstalledTool;
  readonly score: number;
}

const saturation = 0.9;
const lengthWeight = 0.6;
const prefixLetters = 5;
const queryCharactersMax = 4_000;
const queryTermsMax = 64;
/** Tools that get the second look. */
const candidatesMax = 150;
/** Numbers are values; only now and then a name has one. */
const numberWeight = 0.3;
const parameterRarityMax = 4;

/** Fitted on requests to tools of public servers and libraries; what each says is the name's. */
const weights = {
  words: 0.27,
  /** Of the share of the request's words that the tool has. */
  share: 2.8,
  concepts: 0.05,
  prefixes: 0.06,
  parameters: 0.12,
  nameSaid: 1,
  nameMeant: 3.8,
  pair: 0.6,
  requiredUnmet: 0.2,
};

/** An index of tools; built once per change of the installed plugins. */
export function indexTools(tools: readonly InstalledTool[]): ToolIndex {
  const texts = tools.map(readTool);
  const lengths = texts.map(({ counts }) => counts.values().reduce((sum, one) => sum + one, 0));
  const mean = lengths.reduce((sum, one) => sum + one, 0) / Math.max(1, tools.length);
  const lists = new Map<string, { readonly positions: number[]; readonly gains: number[] }>();
  const put = (term: string, position: number, gain: number): void => {
    const list = lists.get(term);
    if (list === undefined) lists.set(term, { positions: [position], gains: [gain] });
    else list.gains[list.positions.push(position) - 1] = gain;
  };
  for (const [position, text] of texts.entries()) {
    const relative = (lengths[position] ?? 0) / Math.max(1, mean);
    const norm = saturation * (1 - lengthWeight + lengthWeight * relative);
    for (const [term, count] of text.counts) {
      put(term, position, (count * (saturation + 1)) / (count + norm));
    }
    for (const term of sideTermsOf(text)) put(term, position, 1);
  }
  const postings = new Map<string, Posting>();
  for (const [term, list] of lists) {
    const rarity = rarityOf(list.positions.length, tools.length);
    const weight = term.startsWith('@') ? Math.min(parameterRarityMax, rarity) : rarity;
    postings.set(term, {
      positions: Uint32Array.from(list.positions),
      gains: Float32Array.from(list.gains).map((gain) => gain * weight),
    });
  }
  const names = texts.map(({ name, pairs, required }) => ({ terms: name, pairs, required }));
  return { tools, postings, names };
}

/** Terms beside the words: groups of synonyms, `^` beginnings of words, `@` parameters. */
function sideTermsOf({ opening, concepts, parameters }: ToolText): ReadonlySet<string> {
  const terms = new Set(concepts);
  for (const term of opening) {
    if (term.length >= prefixLetters) terms.add(prefixOf(term));
  }
  for (const term of parameters) terms.add(`@${term}`);
  return terms;
}

function prefixOf(term: string): string {
  return `^${term.slice(0, prefixLetters)}`;
}

function rarityOf(having: number, of: number): number {
  return Math.log(1 + (of - having + 0.5) / (having + 0.5));
}

/** A request as the index is asked. */
interface Query {
  readonly words: ReadonlyMap<string, number>;
  /** Groups of synonyms and beginnings of the words. */
  readonly meant: ReadonlySet<string>;
  readonly pairs: ReadonlySet<string>;
  readonly implied: ReadonlySet<string>;
  readonly values: number;
}

function readQuery(text: string): Query {
  const read = text.slice(0, queryCharactersMax);
  const { implied, values } = evidenceIn(read);
  const terms = termsOf(read).slice(0, queryTermsMax);
  const words = new Map(terms.map((term) => [term, /^\p{N}/u.test(term) ? numberWeight : 1]));
  const meant = new Set<string>();
  for (const term of words.keys()) {
    for (const concept of conceptsOf.get(term) ?? []) meant.add(concept);
    if (term.length >= prefixLetters) meant.add(prefixOf(term));
  }
  return { words, meant, pairs: pairsOf(terms), implied: new Set(implied.map(stemOf)), values };
}

/** The best tools for a query, best first, at most `limit`. */
export function searchTools(index: ToolIndex, query: string, limit: number): readonly RankedTool[] {
  const asked = readQuery(query);
  const scores = firstLook(index, asked);
  const found: number[] = [];
  for (const [position, score] of scores.entries()) if (score > 0) found.push(position);
  return best(found, scores, Math.max(limit, candidatesMax))
    .map((position) => ({
      position,
      score: (scores[position] ?? 0) + secondLook(index, asked, position),
    }))
    .sort((left, right) => right.score - left.score || left.position - right.position)
    .slice(0, limit)
    .flatMap(({ position, score }) => {
      const tool = index.tools[position];
      return tool === undefined ? [] : [{ tool, score }];
    });
}

function best(positions: readonly number[], scores: Float64Array, limit: number): number[] {
  return positions
    .toSorted((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right)
    .slice(0, limit);
}

/** The score by terms, per position; what only the values suggest finds nothing. */
function firstLook({ tools, postings }: ToolIndex, asked: Query): Float64Array {
  const scores = new Float64Array(tools.length);
  const add = (term: string, weight: number, found: boolean): void => {
    const posting = postings.get(term);
    for (const [place, position] of posting?.positions.entries() ?? []) {
      const score = scores[position] ?? 0;
      if (found || score > 0) scores[position] = score + weight * (posting?.gains[place] ?? 0);
    }
  };
  let mass = 0;
  for (const [term, weight] of asked.words) {
    mass += weight * rarityOf(postings.get(term)?.positions.length ?? 0, tools.length);
  }
  const wordWeight = weights.words + weights.share / Math.max(1, mass);
  for (const [term, weight] of asked.words) add(term, weight * wordWeight, true);
  for (const term of asked.meant) {
    add(term, term.startsWith('^') ? weights.prefixes : weights.concepts, true);
  }
  for (const term of asked.implied) add(`@${term}`, weights.parameters, false);
  return scores;
}

/** What the tool's name and parameters add: 0 or less when nothing of the name is said. */
function secondLook({ tools, postings, names }: ToolIndex, asked: Query, position: number): number {
  const { terms, pairs, required } = names[position] ?? noName;
  let [all, said, meant] = [0, 0, 0];
  for (const term of terms) {
    const rarity = rarityOf(postings.get(term)?.positions.length ?? 0, tools.length);
    all += rarity;
    if (asked.words.has(term)) said += rarity;
    else if (isMeant(term, asked)) meant += rarity;
  }
  const share = all > 0 ? (weights.nameSaid * said + weights.nameMeant * meant) / all : 0;
  const unmet = Math.max(0, required - asked.values);
  return (
    share + weights.pair * asked.pairs.intersection(pairs).size - weights.requiredUnmet * unmet
  );
}

function isMeant(term: string, { meant }: Query): boolean {
  return (
    (term.length >= prefixLetters && meant.has(prefixOf(term))) ||
    (conceptsOf.get(term) ?? []).some((concept) => meant.has(concept))
  );
}
