// Owns the step from words to hashed n-grams, and from those to a sparse TF-IDF vector over a
// vocabulary learned from training texts. Refuses labels: it knows nothing of intents.

import { tokenize } from './tokens.ts';

/** A sparse vector: ascending feature indices with their weights, and how much of the text was known. */
export interface SparseVector {
  readonly indices: Int32Array;
  readonly values: Float32Array;
  /** Share of the text's words that occurred in training, 0 to 1; 1 for an empty text. */
  readonly knownWords: number;
}

/** The learned vocabulary: feature hash to index and inverse document frequency. */
export interface Vocabulary {
  /** Feature hashes by index, block after block. */
  readonly hashes: Int32Array;
  readonly inverseFrequencies: Float32Array;
  /** Open-addressing table of index + 1; 0 is free. Its length is a power of two. */
  readonly slots: Int32Array;
}

/** The features of one text by hash: single words, and the three blocks that make the vector. */
export interface HashedText {
  readonly unigrams: Int32Array;
  readonly blocks: readonly Int32Array[];
}

const sequenceSeed = 0x9e3779b1;
const skipSeed = 0x85ebca6b;
const pairSeed = 0xc2b2ae35;
const characterGramMin = 3;
const characterGramMax = 5;
const pairDistanceMax = 12;
/** Characters of a word that count in a pair: "reminder" and "remind" pair alike. */
const stemCharacters = 4;
/** In how many texts a feature that is no single word must occur to be learned. */
const documentsMin = 2;
const edgeHash = 0x27d4eb2f;
const spaceCode = 32;
const none = new Int32Array();

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x01000193);
  return mixed ^ (mixed >>> 15);
}

function hashWord(token: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < token.length; index += 1) hash = mix(hash, token.charCodeAt(index));
  return hash | 0;
}

/** Hashes of all character n-grams inside a word padded by one space on each side. */
function pushCharacterGrams(token: string, hashes: number[]): void {
  const last = token.length + 1;
  for (let start = 0; start + characterGramMin - 1 <= last; start += 1) {
    let hash = 0x2c1b3c6d;
    for (let offset = 0; offset < characterGramMax && start + offset <= last; offset += 1) {
      const position = start + offset;
      const edge = position === 0 || position === last;
      hash = mix(hash, edge ? spaceCode : token.charCodeAt(position - 1));
      if (offset + 1 >= characterGramMin) hashes.push(hash | 0);
    }
  }
}

/** Unordered pairs of word stems that stand at most `pairDistanceMax` apart. */
function hashPairs(tokens: readonly string[]): Int32Array {
  const stems = Int32Array.from(tokens, (token) => hashWord(token.slice(0, stemCharacters)));
  const hashes: number[] = [];
  for (let first = 0; first < stems.length; first += 1) {
    const end = Math.min(stems.length, first + pairDistanceMax + 1);
    for (let second = first + 1; second < end; second += 1) {
      const one = stems[first] ?? 0;
      const other = stems[second] ?? 0;
      if (one === other) continue;
      hashes.push(mix(mix(pairSeed, Math.min(one, other)), Math.max(one, other)) | 0);
    }
  }
  return Int32Array.from(hashes);
}

/** Words, bigrams, and bigrams that skip one word; both ends of the text count as words. */
function hashSequences(unigrams: Int32Array): Int32Array {
  if (unigrams.length === 0) return new Int32Array();
  const hashes = [...unigrams];
  const at = (index: number): number => unigrams[index] ?? edgeHash;
  for (let index = 0; index <= unigrams.length; index += 1) {
    hashes.push(mix(mix(sequenceSeed, at(index - 1)), at(index)) | 0);
    if (index > 0) hashes.push(mix(mix(skipSeed, at(index - 2)), at(index)) | 0);
  }
  return Int32Array.from(hashes);
}

/** Reads a text into its features. Never throws; bounded by `textCharactersMax`. */
export function hashText(text: string): HashedText {
  const tokens = tokenize(text);
  const unigrams = Int32Array.from(tokens, hashWord);
  const characters: number[] = [];
  for (const token of tokens) if (!token.startsWith('<')) pushCharacterGrams(token, characters);
  return {
    unigrams,
    blocks: [hashSequences(unigrams), hashPairs(tokens), Int32Array.from(characters)],
  };
}

/** The index of a feature hash, or -1. */
function lookup(vocabulary: Vocabulary, hash: number): number {
  const { slots, hashes } = vocabulary;
  const mask = slots.length - 1;
  let position = (hash ^ (hash >>> 16)) & mask;
  for (;;) {
    const index = (slots[position] ?? 0) - 1;
    if (index < 0 || hashes[index] === hash) return index;
    position = (position + 1) & mask;
  }
}

/** Builds the lookup table of a vocabulary from its hashes, at most half full. */
export function indexVocabulary(parts: Omit<Vocabulary, 'slots'>): Vocabulary {
  let size = 16;
  while (size < parts.hashes.length * 2) size *= 2;
  const slots = new Int32Array(size);
  const mask = size - 1;
  for (let index = 0; index < parts.hashes.length; index += 1) {
    const hash = parts.hashes[index] ?? 0;
    let position = (hash ^ (hash >>> 16)) & mask;
    while (slots[position] !== 0) position = (position + 1) & mask;
    slots[position] = index + 1;
  }
  return { ...parts, slots };
}

/** In how many documents each hash occurs, in order of first occurrence. */
function countDocuments(documents: readonly Int32Array[]): [number[], number[]] {
  const numbers = new Map<number, number>();
  const hashes: number[] = [];
  const counts: number[] = [];
  const lastSeen: number[] = [];
  for (const [document, features] of documents.entries()) {
    for (const hash of features) {
      let number = numbers.get(hash);
      if (number === undefined) {
        number = hashes.length;
        numbers.set(hash, number);
        hashes.push(hash);
        counts.push(0);
        lastSeen.push(-1);
      }
      if (lastSeen[number] === document) continue;
      lastSeen[number] = document;
      counts[number] = (counts[number] ?? 0) + 1;
    }
  }
  return [hashes, counts];
}

/**
 * Learns a vocabulary from texts: every word, and every other feature that occurs in at least two of them.
 * What occurs in one only says which example it was, and would be half of all. Linear in the total length.
 */
export function learnVocabulary(texts: readonly HashedText[]): Vocabulary {
  const hashes: number[] = [];
  const frequencies: number[] = [];
  const words = new Set(texts.flatMap((text) => [...text.unigrams]));
  const blocks = texts[0]?.blocks.length ?? 0;
  for (let block = 0; block < blocks; block += 1) {
    const [found, counts] = countDocuments(texts.map((text) => text.blocks[block] ?? none));
    for (const [number, hash] of found.entries()) {
      const count = counts[number] ?? 0;
      if (count < documentsMin && !words.has(hash)) continue;
      hashes.push(hash);
      frequencies.push(Math.log((1 + texts.length) / (1 + count)) + 1);
    }
  }
  return indexVocabulary({
    hashes: Int32Array.from(hashes),
    inverseFrequencies: Float32Array.from(frequencies),
  });
}

/** Term frequencies of one block, as ascending indices and values of Euclidean length 1. */
function weighBlock(vocabulary: Vocabulary, hashes: Int32Array): [Int32Array, Float32Array] {
  const found = new Int32Array(hashes.length);
  let count = 0;
  for (const hash of hashes) {
    const index = lookup(vocabulary, hash);
    if (index >= 0) found[count++] = index;
  }
  const indices = found.subarray(0, count).sort();
  const values = new Float32Array(count);
  let length = 0;
  let squares = 0;
  for (let position = 0; position < count;) {
    const index = indices[position] ?? 0;
    let end = position + 1;
    while (end < count && indices[end] === index) end += 1;
    const frequency = 1 + Math.log(end - position);
    const value = frequency * (vocabulary.inverseFrequencies[index] ?? 0);
    indices[length] = index;
    values[length] = value;
    squares += value * value;
    length += 1;
    position = end;
  }
  const factor = squares === 0 ? 1 : 1 / Math.sqrt(squares);
  for (let position = 0; position < length; position += 1) {
    values[position] = (values[position] ?? 0) * factor;
  }
  return [indices.subarray(0, length), values.subarray(0, length)];
}

/**
 * The TF-IDF vector of a text: sublinear term frequency, each block scaled to length 1. Unknown features
 * are left out; an unknown or empty text gives an empty vector.
 */
export function vectorize(vocabulary: Vocabulary, text: HashedText): SparseVector {
  const weighed = text.blocks.map((hashes) => weighBlock(vocabulary, hashes));
  const length = weighed.reduce((sum, [indices]) => sum + indices.length, 0);
  const vector = { indices: new Int32Array(length), values: new Float32Array(length) };
  let offset = 0;
  for (const [indices, values] of weighed) {
    vector.indices.set(indices, offset);
    vector.values.set(values, offset);
    offset += indices.length;
  }
  let known = 0;
  for (const hash of text.unigrams) if (lookup(vocabulary, hash) >= 0) known += 1;
  return { ...vector, knownWords: text.unigrams.length === 0 ? 1 : known / text.unigrams.length };
}
