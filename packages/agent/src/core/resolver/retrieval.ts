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
  /** With how rare each is. */
  readonly terms: readonly (readonly [term: string, rarity: number])[];
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
/** Parts of a request that are looked for alone, and the tools that each adds to. */
const partsMax = 6;
const partToolsMax = 10;
const partCandidatesMax = 30;
const partBreaks = /(?<=[.!?;])\s+|\b(?:and|also|then|plus)\b|\n/i;
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
  parameters: 0.12,
  nameSaid: 1,
  nameMeant: 3.8,
  pair: 0.6,
  requiredUnmet: 0.2,
  /** Of the first tool of a part of the request; the second has a half, and so on. */
  part: 0.8,
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
  const names = texts.map(({ name, pairs, required }) => ({
    terms: name.map((term) => [term, rarityOf(having(postings, term), tools.length)] as const),
    pairs,
    required,
  }));
  return { tools, postings, names };
}

/** Terms beside the words: groups of synonyms, and `@` parameters. */
function sideTermsOf({ concepts, parameters }: ToolText): readonly string[] {
  return [...concepts, ...[...parameters].map((term) => `@${term}`)];
}

function prefixOf(term: string): string {
  return `^${term.slice(0, prefixLetters)}`;
}

function having(postings: ToolIndex['postings'], term: string): number {
  return postings.get(term)?.positions.length ?? 0;
}

function rarityOf(count: number, of: number): number {
  return Math.log(1 + (of - count + 0.5) / (count + 0.5));
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
  const { implied, values } = evidenceIn(text);
  const terms = termsOf(text).slice(0, queryTermsMax);
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
  const read = query.slice(0, queryCharactersMax);
  const scores = new Map(look(index, read, Math.max(limit, candidatesMax)));
  for (const part of partsOf(read)) {
    for (const [place, [position, score]] of look(index, part, partCandidatesMax)
      .slice(0, partToolsMax)
      .entries()) {
      scores.set(position, (scores.get(position) ?? score / 2) + weights.part / (place + 1));
    }
  }
  return [...scores].sort(byScore).flatMap(([position, score], place) => {
    const tool = index.tools[position];
    return tool === undefined || place >= limit ? [] : [{ tool, score }];
  });
}

type Scored = readonly [position: number, score: number];

function byScore([left, high]: Scored, [right, low]: Scored): number {
  return low - high || left - right;
}

/** What is asked in one message after another: each part finds a tool of its own. */
function partsOf(query: string): readonly string[] {
  const parts = query.split(partBreaks).filter((part) => termsOf(part).length > 1);
  return parts.length > 1 ? parts.slice(0, partsMax) : [];
}

/** Positions with their scores, best first; as many get the second look. */
function look(index: ToolIndex, query: string, limit: number): readonly Scored[] {
  const asked = readQuery(query);
  const scores = firstLook(index, asked);
  const least = Math.max(Number.MIN_VALUE, scores.toSorted().at(-limit) ?? 0);
  const found: Scored[] = [];
  for (let position = 0; position < scores.length; position += 1) {
    const score = scores[position] ?? 0;
    if (score >= least) found.push([position, score + secondLook(index, asked, position)]);
  }
  return found.sort(byScore).slice(0, limit);
}

/** The score by terms, per position; what only the values suggest finds nothing. */
function firstLook({ tools, postings }: ToolIndex, asked: Query): Float64Array {
  const scores = new Float64Array(tools.length);
  const add = (term: string, weight: number, found: boolean): void => {
    const posting = postings.get(term);
    if (posting === undefined) return;
    const { positions, gains } = posting;
    for (let place = 0; place < positions.length; place += 1) {
      const position = positions[place] ?? 0;
      const score = scores[position] ?? 0;
      if (found || score > 0) scores[position] = score + weight * (gains[place] ?? 0);
    }
  };
  let mass = 0;
  for (const [term, weight] of asked.words) {
    mass += weight * rarityOf(having(postings, term), tools.length);
  }
  const wordWeight = weights.words + weights.share / Math.max(1, mass);
  for (const [term, weight] of asked.words) add(term, weight * wordWeight, true);
  for (const concept of asked.meant) add(concept, weights.concepts, true);
  for (const term of asked.implied) add(`@${term}`, weights.parameters, false);
  return scores;
}

/** What the tool's name and parameters add: 0 or less when nothing of the name is said. */
function secondLook({ names }: ToolIndex, asked: Query, position: number): number {
  const { terms, pairs, required } = names[position] ?? noName;
  let [all, said, meant] = [0, 0, 0];
  for (const [term, rarity] of terms) {
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
