// Owns the use of examples as patterns: "remind me to {text}" says where the text of a reminder starts.
// Refuses meaning: it aligns words with pieces and leaves it to the caller what a slot accepts.

import { readTokens } from './tokens.ts';
import type { Token } from './tokens.ts';

/** A word that must be there, or a slot. */
export type Piece = { readonly word: string } | { readonly slot: string };

/** First (inclusive) and last (exclusive) index of the words of a slot. */
export type TokenRange = readonly [number, number];

/** Words around a slot of free text. */
export interface LeadIn {
  readonly slot: string;
  readonly words: readonly string[];
  /** Words that may follow the slot at the end of the message. */
  readonly trailer: readonly string[];
  /** Given by the manifest rather than learned from an example. */
  readonly declared?: boolean;
}

const tokensMatchedMax = 80;
const placeholder = /\{([a-z][a-zA-Z0-9_-]*)\}/g;
const prepositions = new Set([
  'at',
  'on',
  'by',
  'for',
  'from',
  'in',
  'until',
  'till',
  'this',
  'before',
]);
/** Words too common to introduce anything on their own. */
const common = new Set(
  [
    'a',
    'an',
    'the',
    'to',
    'my',
    'of',
    'is',
    'are',
    'i',
    'me',
    'it',
    'that',
    'and',
    'for',
    'in',
  ].concat([
    'on',
    'at',
    'with',
    'from',
    'by',
    'do',
    'you',
    'please',
    'can',
    'could',
    'what',
    'this',
    'up',
  ]),
);

/** Splits an example into pieces. Slots in `dropped` are left out, with a preposition before them. */
export function compileTemplate(example: string, dropped: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const pushWords = (text: string): void => {
    for (const { word } of readTokens(text)) pieces.push({ word });
  };
  for (const match of example.matchAll(placeholder)) {
    pushWords(example.slice(from, match.index));
    from = match.index + match[0].length;
    const slot = match[1] ?? '';
    if (!dropped.has(slot)) {
      pieces.push({ slot });
      continue;
    }
    const last = pieces.at(-1);
    if (last !== undefined && 'word' in last && prepositions.has(last.word)) pieces.pop();
  }
  pushWords(example.slice(from));
  return pieces;
}

/** How many pieces of a template are words. */
export function countWords(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + ('word' in piece ? 1 : 0), 0);
}

/**
 * Aligns all words with a template; undefined when they do not fit. A slot takes the longest run that is
 * accepted. Bounded by pieces x words², and gives up on more than 80 words.
 */
export function matchTemplate(
  pieces: readonly Piece[],
  tokens: readonly Token[],
  accepts: (slot: string, range: TokenRange) => boolean,
): Map<string, TokenRange> | undefined {
  if (tokens.length > tokensMatchedMax || tokens.length < pieces.length) return undefined;
  // Nearly every template fails at one of its ends, and then costs nothing more.
  if (!fitsAt(pieces[0], tokens[0]) || !fitsAt(pieces.at(-1), tokens.at(-1))) return undefined;
  const failed = new Set<number>();
  const found = new Map<string, TokenRange>();
  const align = (piece: number, token: number): boolean => {
    const current = pieces[piece];
    if (current === undefined) return token === tokens.length;
    const state = piece * (tokensMatchedMax + 1) + token;
    if (failed.has(state)) return false;
    if ('word' in current) {
      if (tokens[token]?.word === current.word && align(piece + 1, token + 1)) return true;
    } else {
      const endMax = tokens.length - (pieces.length - piece - 1);
      for (let end = endMax; end > token; end -= 1) {
        if (!accepts(current.slot, [token, end]) || !align(piece + 1, end)) continue;
        found.set(current.slot, [token, end]);
        return true;
      }
    }
    failed.add(state);
    return false;
  };
  return align(0, 0) ? found : undefined;
}

/** False when the piece is another word than that of the token. */
function fitsAt(piece: Piece | undefined, token: Token | undefined): boolean {
  return piece === undefined || !('word' in piece) || piece.word === token?.word;
}

function wordsBetween(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece) => ('word' in piece ? [piece.word] : []));
}

/** The words that introduce each slot of `wanted` in the templates, longest first. */
export function learnLeadIns(
  templates: readonly (readonly Piece[])[],
  wanted: ReadonlySet<string>,
): LeadIn[] {
  const found = new Map<string, LeadIn>();
  for (const pieces of templates) {
    for (const [index, piece] of pieces.entries()) {
      if (!('slot' in piece) || !wanted.has(piece.slot)) continue;
      let start = index;
      while (start > 0 && 'word' in (pieces[start - 1] ?? {})) start -= 1;
      const words = wordsBetween(pieces.slice(start, index));
      if (words.every((word) => common.has(word))) continue;
      const after = pieces.slice(index + 1);
      const trailer = after.every((next) => 'word' in next) ? wordsBetween(after) : [];
      const key = [piece.slot, words.join(' '), trailer.join(' ')].join('\n');
      found.set(key, { slot: piece.slot, words, trailer });
    }
  }
  const size = (leadIn: LeadIn): number => leadIn.words.length * 100 + leadIn.trailer.length;
  return [...found.values()].sort((one, other) => size(other) - size(one));
}

/** Where a run of words starts in the tokens, at `from` or later; -1 when it does not. */
export function findRun(tokens: readonly Token[], words: readonly string[], from = 0): number {
  for (let start = from; start + words.length <= tokens.length; start += 1) {
    if (words.every((word, offset) => tokens[start + offset]?.word === word)) return start;
  }
  return -1;
}
