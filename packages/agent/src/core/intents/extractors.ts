// Owns finding values of each slot type in a text: numbers, durations, paths, links, names and so on.
// Refuses dates, which need a clock, and free text, which needs the words around it.

import type { Json, SlotDeclaration, SlotValue } from '@opencomputer/contracts';
import { countOf, countSource, unitMs, unitSource } from './calendar-phrases.ts';
import type { Span } from './mention.ts';
import { foldText, readTokens } from './tokens.ts';
import { languageWords, unitWords } from './vocabulary-words.ts';

const candidatesMax = 50;
const numberWords: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  twenty: 20,
  thirty: 30,
  fifty: 50,
  hundred: 100,
  thousand: 1000,
};
const numberPattern = new RegExp(
  `(?<![\\w.])-?\\d{1,15}(?:[,'’ ]\\d{3}){0,4}(?:\\.\\d{1,10})?(?![\\d])|\\b(?:${Object.keys(numberWords).join('|')})\\b`,
  'gi',
);
const durationPattern = new RegExp(
  `\\b(?:for )?(${countSource})[\\s-]?(${unitSource}|h|m)(?:\\s+and\\s+(a\\s+half)|\\s?(?:and\\s)?(\\d{1,2})\\s?(?:minutes?|mins?|m)?)?\\b(?:[\\s-]long)?`,
  'gi',
);
const quoted = /"([^"]{1,500})"|“([^”]{1,500})”|«([^»]{1,500})»|(?<!\w)'([^']{1,500})'(?!\w)/g;
const fenced = /```[a-z]*\n?([\s\S]{1,2000}?)```|`([^`]{1,1000})`/g;
const mailAddress = /[^\s@<>"',;]{1,64}@[^\s@<>"',;]{1,100}\.[a-z]{2,20}/gi;
const nameAfter =
  /\b(?:with|to|for|from|by|and|call|email|mail|ask|tell|meet|message|text|invite|see|visit|ping)\s+((?:\p{Lu}[\p{L}'’-]{0,40})(?:\s\p{Lu}[\p{L}'’-]{0,40}){0,2})/gu;
const yes = /\b(?:yes|true|on|enable|enabled|yep|yeah)\b/gi;
const no = /\b(?:no|false|off|disable|disabled|nope)\b/gi;

function slotValue(text: string, span: Span, value: Json): SlotValue {
  return { value, span, text: text.slice(span[0], span[1]) };
}

function spanOf(match: RegExpExecArray): Span {
  return [match.index, match.index + match[0].length];
}

function findAll(
  text: string,
  pattern: RegExp,
  read: (match: RegExpExecArray) => Json | undefined,
): SlotValue[] {
  const found: SlotValue[] = [];
  for (const match of text.matchAll(pattern)) {
    if (found.length >= candidatesMax) break;
    const value = read(match);
    if (value !== undefined) found.push(slotValue(text, spanOf(match), value));
  }
  return found;
}

/** The number that a figure or a word stands for. */
export function numberOf(text: string): number | undefined {
  const word = numberWords[text.toLowerCase()];
  if (word !== undefined) return word;
  const plain = text.replace(/(?<=\d)[,'’ ](?=\d{3})/g, '');
  const value = Number(plain);
  return Number.isFinite(value) && plain !== '' ? value : undefined;
}

/** ISO 8601 duration, such as `PT1H30M` or `P2D`, of a count of units. */
function isoDuration(count: number, unit: string, minutes: number): string | undefined {
  const name = unit.toLowerCase();
  const length = name === 'm' ? 60_000 : unitMs(name);
  if (!Number.isFinite(count) || count <= 0) return undefined;
  if (length === undefined) {
    const letter = name.startsWith('mo') ? 'M' : (name[0] ?? 'd').toUpperCase();
    return Number.isInteger(count) ? `P${count}${letter}` : undefined;
  }
  const seconds = Math.round((count * length) / 1000) + minutes * 60;
  const parts = [
    [Math.floor(seconds / 3600), 'H'],
    [Math.floor((seconds % 3600) / 60), 'M'],
    [seconds % 60, 'S'],
  ] as const;
  return `PT${parts.map(([value, letter]) => (value > 0 ? `${value}${letter}` : '')).join('')}`;
}

function durations(text: string): SlotValue[] {
  return findAll(text, durationPattern, ([, count = '', unit = '', half, minutes]) => {
    // "5 m" is five metres more often than five minutes
    if (unit === 'm' && minutes === undefined) return undefined;
    return isoDuration(countOf(count) + (half === undefined ? 0 : 0.5), unit, Number(minutes ?? 0));
  });
}

/** Chunks of the text that the reader of words saw as one class, such as `<url>`. */
function ofClass(text: string, name: string): SlotValue[] {
  return readTokens(text)
    .filter((token) => token.word === name)
    .map((token) => slotValue(text, [token.start, token.end], text.slice(token.start, token.end)));
}

/** What stands in quotation marks, without them; the span covers the inside. */
export function findQuoted(text: string): SlotValue[] {
  return findAll(text, quoted, (match) => match[1] ?? match[2] ?? match[3] ?? match[4]).map(
    ({ value, span }) => slotValue(text, [span[0] + 1, span[1] - 1], value),
  );
}

function codeBlocks(text: string): SlotValue[] {
  return findAll(text, fenced, (match) => (match[1] ?? match[2])?.trim());
}

function paths(text: string): SlotValue[] {
  const named = findQuoted(text).filter(({ text: name }) => /[\\/]|\.\w{1,5}$/.test(name));
  const bare = ofClass(text, '<path>').filter(
    ({ span }) => !named.some((other) => span[0] < other.span[1] && other.span[0] < span[1]),
  );
  return [...named, ...bare];
}

function links(text: string): SlotValue[] {
  return ofClass(text, '<url>').map((found) => ({
    ...found,
    value: /^https?:\/\//i.test(found.text) ? found.text : `https://${found.text}`,
  }));
}

function people(text: string): SlotValue[] {
  const named: SlotValue[] = [];
  for (const match of text.matchAll(nameAfter)) {
    const name = match[1] ?? '';
    const end = match.index + match[0].length;
    named.push(slotValue(text, [end - name.length, end], name));
  }
  return [...findAll(text, mailAddress, (match) => match[0]), ...named.slice(0, candidatesMax)];
}

/** Whole-word occurrences of words that stand for values, longest first, without overlaps. */
function findWords(text: string, words: readonly (readonly [string, Json])[]): SlotValue[] {
  const folded = foldText(text);
  if (folded.length !== text.length) return [];
  const found: SlotValue[] = [];
  const sorted = words
    .filter(([word]) => word !== '')
    .sort((one, other) => other[0].length - one[0].length);
  for (const [word, value] of sorted) {
    for (
      let from = folded.indexOf(word);
      from >= 0;
      from = folded.indexOf(word, from + word.length)
    ) {
      const end = from + word.length;
      const whole =
        !/[\p{L}]/u.test(folded[from - 1] ?? '') && !/[\p{L}\p{N}]/u.test(folded[end] ?? '');
      const taken = found.some(({ span }) => span[0] < end && from < span[1]);
      if (whole && !taken) found.push(slotValue(text, [from, end], value));
      if (found.length >= candidatesMax) return found;
    }
  }
  return found.sort((one, other) => one.span[0] - other.span[0]);
}

/** Units; one of a single letter counts only after a figure or "to". */
function units(text: string): SlotValue[] {
  const found = findWords(
    text,
    unitWords.map((unit) => [unit, unit] as const),
  );
  return found.filter(
    ({ span, text: unit }) =>
      unit.length > 1 || /\d\s?$|\b(?:to|into|in)\s$/i.test(text.slice(0, span[0])),
  );
}

function choices(text: string, declaration: SlotDeclaration): SlotValue[] {
  const words = Object.entries(declaration.values ?? {}).flatMap(([value, names]) =>
    [value, ...names].map((name) => [foldText(name), value] as const),
  );
  return findWords(text, words);
}

/**
 * The values of a slot's type in a text, in order of preference. Empty for types that are read otherwise:
 * free text, expressions and dates. Never throws; at most 50 values for each pattern.
 */
export function findValues(text: string, declaration: SlotDeclaration): SlotValue[] {
  switch (declaration.type) {
    case 'number':
    case 'amount':
      return findAll(text, numberPattern, (match) => numberOf(match[0]));
    case 'duration':
      return durations(text);
    case 'path':
      return paths(text);
    case 'url':
      return links(text);
    case 'person':
      return people(text);
    case 'unit':
      return units(text);
    case 'language':
      return findWords(
        text,
        languageWords.map((name) => [name, name] as const),
      );
    case 'code':
      return codeBlocks(text);
    case 'enum':
      return choices(text, declaration);
    case 'boolean':
      return [...findAll(text, yes, () => true), ...findAll(text, no, () => false)];
    case 'text':
    case 'expression':
    case 'datetime':
    case 'date':
    case 'date-range':
    case 'recurrence':
      return [];
  }
}
