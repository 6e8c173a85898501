// Owns the marks within a line of Markdown: emphasis and code, shown without them. Refuses a mark
// that is not closed nearby: then it is a character like any other.

import type { Style } from './style.ts';

/** Units between a mark and the one that closes it; beyond, nobody should wait for it. */
const SPAN_UNITS_MAX = 400;

/** Marks within marks; deeper ones are characters. */
const DEPTH_MAX = 4;

/** Where and how a piece of a line is rendered. */
export interface InlineOptions {
  readonly style: Style;
  /** The character before the piece, or nothing at the beginning of a line. */
  readonly before: string;
  /** True when nothing follows in this line: what waits for its closing mark is given up. */
  readonly isWhole: boolean;
}

/** What was rendered of a piece, and how many of its units that took. */
export interface InlineResult {
  readonly text: string;
  readonly units: number;
}

/** A closed mark with what it holds, a mark that is none, or one that may still be closed. */
type Span =
  | { readonly type: 'span'; readonly mark: string; readonly inner: string; readonly end: number }
  | { readonly type: 'plain'; readonly text: string; readonly end: number }
  | { readonly type: 'open' };

/** Renders as much of a line as is known. */
export function renderInline(line: string, options: InlineOptions): InlineResult {
  return render(line, options, 0);
}

function render(line: string, options: InlineOptions, depth: number): InlineResult {
  let text = '';
  let at = 0;
  while (at < line.length) {
    const plain = /^[^\\`*_]+/.exec(line.slice(at, at + SPAN_UNITS_MAX))?.[0];
    if (plain !== undefined) {
      text += plain;
      at += plain.length;
      continue;
    }
    const before = at === 0 ? options.before : line.charAt(at - 1);
    const span = depth < DEPTH_MAX ? spanAt(line, at, { ...options, before }) : plainAt(line, at);
    if (span.type === 'open') break;
    text += span.type === 'plain' ? span.text : styled(span, options.style, depth);
    at = span.end;
  }
  return { text, units: at };
}

function styled(
  { mark, inner }: Extract<Span, { type: 'span' }>,
  style: Style,
  depth: number,
): string {
  if (mark.startsWith('`')) return style.accent(inner.replace(/^ (.*[^ ].*) $/, '$1'));
  const { text } = render(inner, { style, before: '', isWhole: true }, depth + 1);
  if (mark.length === 1) return style.italic(text);
  return mark.length === 2 ? style.bold(text) : style.bold(style.italic(text));
}

function spanAt(line: string, at: number, options: InlineOptions): Span {
  if (line.charAt(at) === '\\') return escapeAt(line, at, options.isWhole);
  const mark = runAt(line, at);
  const start = at + mark.length;
  const next = line.charAt(start);
  const plain = plainAt(line, at);
  if (next === '') return options.isWhole ? plain : { type: 'open' };
  const isCode = mark.startsWith('`');
  if (!isCode && (mark.length > 3 || /\s/.test(next) || isWordCharacter(options.before))) {
    return plain;
  }
  const end = closingAt(line, start, mark);
  if (end !== undefined && (end + mark.length < line.length || options.isWhole)) {
    return { type: 'span', mark, inner: line.slice(start, end), end: end + mark.length };
  }
  const isWaiting = !options.isWhole && line.length - start < SPAN_UNITS_MAX;
  return isWaiting ? { type: 'open' } : plain;
}

/** Where the same mark closes, or undefined. */
function closingAt(line: string, start: number, mark: string): number | undefined {
  const isCode = mark.startsWith('`');
  const limit = Math.min(line.length, start + SPAN_UNITS_MAX);
  let at = start;
  while (at < limit) {
    const character = line.charAt(at);
    if (!isCode && character === '\\') {
      at += 2;
      continue;
    }
    const run = character === mark.charAt(0) ? runAt(line, at) : '';
    if (run === mark && (isCode || closes(line, at, mark))) return at;
    at += Math.max(1, run.length);
  }
  return undefined;
}

/** Emphasis ends after a word and before anything but a word. */
function closes(line: string, at: number, mark: string): boolean {
  return !/\s/.test(line.charAt(at - 1)) && !isWordCharacter(line.charAt(at + mark.length));
}

function escapeAt(line: string, at: number, isWhole: boolean): Span {
  const next = line.charAt(at + 1);
  if (next === '' && !isWhole) return { type: 'open' };
  return /[!-/:-@[-`{-~]/.test(next)
    ? { type: 'plain', text: next, end: at + 2 }
    : { type: 'plain', text: '\\', end: at + 1 };
}

function plainAt(line: string, at: number): Extract<Span, { type: 'plain' }> {
  const text = line.charAt(at) === '\\' ? '\\' : runAt(line, at);
  return { type: 'plain', text, end: at + text.length };
}

/** The same character repeated from here. */
function runAt(line: string, at: number): string {
  const character = line.charAt(at);
  let end = at;
  while (end < line.length && line.charAt(end) === character) end += 1;
  return line.slice(at, end);
}

/** Scripts that are written without spaces have no inside of a word to respect. */
function isWordCharacter(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character) && !SPACELESS.test(character);
}

const SPACELESS = /\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Thai}/u;
