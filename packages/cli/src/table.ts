// Owns columns of text: aligned by what a terminal shows, cut to its width. Refuses borders.

import { sanitiseLine } from './sanitise.ts';

const SEPARATOR = '  ';
const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
// Wide in East Asian terminals, and pictures (Unicode Standard Annex 11; UTS 51).
const WIDE =
  /^(?:\p{Emoji_Presentation}|.*\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;

/** Cells that a text takes in a terminal. */
export function cells(text: string): number {
  let sum = 0;
  for (const { segment } of segments.segment(text)) {
    if (WIDE.test(segment)) sum += 2;
    else if (!/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(segment)) sum += 1;
  }
  return sum;
}

/** The beginning of a text that fits into a number of cells, with an ellipsis when it is cut. */
export function fit(text: string, cellsMax: number): string {
  if (cells(text) <= cellsMax) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of segments.segment(text)) {
    const next = cells(segment);
    if (used + next > cellsMax - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

/** Words as lines of at most so many cells; a word that is longer is cut. */
function wrapped(text: string, cellsMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    const longer = line === undefined ? undefined : `${line} ${word}`;
    if (longer === undefined || cells(longer) > cellsMax) lines.push(fit(word, cellsMax));
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** How rows are laid out. */
export interface TableOptions {
  readonly columns: number;
  /** The columns that align to the right. */
  readonly numbers?: readonly number[];
  /** Whether the last column goes on below itself instead of being cut. */
  readonly isWrapped?: boolean;
}

/**
 * Rows as aligned lines. The last column takes what is left of the width; cells are cleaned of
 * anything that a terminal would obey.
 */
export function table(rows: readonly (readonly string[])[], options: TableOptions): string {
  const clean = rows.map((row) => row.map(sanitiseLine));
  const count = Math.max(0, ...clean.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...clean.map((row) => cells(row[column] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + SEPARATOR.length, 0);
  const width = Math.max(10, options.columns - before);
  const lines = clean.flatMap((row) => {
    const first = row.slice(0, count - 1).map((text, column) => {
      const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - cells(text)));
      return options.numbers?.includes(column) ? `${space}${text}` : `${text}${space}`;
    });
    const text = row[count - 1] ?? '';
    const [last = '', ...more] = options.isWrapped ? wrapped(text, width) : [fit(text, width)];
    const rest = more.map((line) => `${' '.repeat(before)}${line}`);
    return [[...first, last].join(SEPARATOR).trimEnd(), ...rest];
  });
  return `${lines.join('\n')}\n`;
}
