// Owns Markdown as it streams to a terminal with colour: headings, lists, code and emphasis without
// their marks. Refuses to move the cursor: what may still be a mark waits until it is known.

import { Sanitiser } from './sanitise.ts';
import { renderInline } from './markdown-inline.ts';
import type { Style } from './style.ts';

const HEADING = /^ {0,3}#{1,6}[ \t]+/;
const BULLET = /^([ \t]*)[-*+][ \t]+/;
const FENCE = /^ {0,3}(`{3,}|~{3,})[^\n`]*(?:\n|$)/;

/** The beginning of a line that may become one of the above, or a line of code that may end it. */
const UNDECIDED = /^[ \t]*(?:#{0,6}|[-*+]|`{1,2}|~{1,2}|(?:`{3,}|~{3,})[^\n`]*)[ \t]*$/;
const UNDECIDED_IN_CODE = /^ {0,3}(?:`*|~*)[ \t]*$/;
/** A beginning that is longer than this is none. */
const UNDECIDED_UNITS_MAX = 200;

/** Lines of Markdown as styled text; cleans what it is given. */
export class MarkdownText {
  readonly #sanitiser = new Sanitiser();
  readonly #style: Style;
  #pending = '';
  #isLineStart = true;
  #isHeading = false;
  /** The mark that ends the block of code. */
  #fence: string | undefined;
  /** The last character before what is pending. */
  #before = '';

  constructor(style: Style) {
    this.#style = style;
  }

  /** What can be shown now. */
  write(piece: string): string {
    this.#pending += this.#sanitiser.write(piece);
    return this.#take(false);
  }

  /** The rest, as it is. */
  end(): string {
    this.#pending += this.#sanitiser.end();
    return this.#take(true);
  }

  #take(isLast: boolean): string {
    let shown = '';
    while (this.#pending !== '') {
      const before = this.#pending;
      const wasLineStart = this.#isLineStart;
      shown += this.#isLineStart ? this.#beginLine(isLast) : this.#goOn(isLast);
      if (this.#pending === before && this.#isLineStart === wasLineStart) break;
    }
    return shown;
  }

  /** Reads the mark at the beginning of a line; takes nothing while it is not known. */
  #beginLine(isLast: boolean): string {
    if (!isLast && this.#isUndecided()) return '';
    this.#before = '';
    if (this.#fence !== undefined) return this.#beginCodeLine(this.#fence);
    const fence = FENCE.exec(this.#pending);
    if (fence !== null) {
      this.#fence = fence[1] ?? '';
      this.#drop(fence[0]);
      return '';
    }
    this.#isLineStart = false;
    const heading = HEADING.exec(this.#pending);
    this.#isHeading = heading !== null;
    if (heading !== null) this.#drop(heading[0]);
    const bullet = heading === null ? BULLET.exec(this.#pending) : null;
    if (bullet === null) return '';
    this.#drop(bullet[0]);
    return `${bullet[1] ?? ''}${this.#style.accent('•')} `;
  }

  #beginCodeLine(fence: string): string {
    const [line = ''] = this.#pending.split('\n', 1);
    const mark = line.trim();
    const isEnd = mark.startsWith(fence) && mark === fence.charAt(0).repeat(mark.length);
    if (isEnd) {
      this.#fence = undefined;
      this.#drop(this.#pending.slice(0, line.length + 1));
    } else this.#isLineStart = false;
    return '';
  }

  #isUndecided(): boolean {
    if (this.#pending.length > UNDECIDED_UNITS_MAX) return false;
    return (this.#fence === undefined ? UNDECIDED : UNDECIDED_IN_CODE).test(this.#pending);
  }

  /** Goes on within a line, to its end if that is there. */
  #goOn(isLast: boolean): string {
    const at = this.#pending.indexOf('\n');
    const line = at < 0 ? this.#pending : this.#pending.slice(0, at);
    const isWhole = at >= 0 || isLast;
    if (this.#fence !== undefined) {
      this.#drop(line);
      return this.#style.accent(line) + this.#breakLine(at >= 0);
    }
    const { text, units } = renderInline(line, {
      style: this.#style,
      before: this.#before,
      isWhole,
    });
    if (units > 0) this.#before = line.charAt(units - 1);
    this.#drop(line.slice(0, units));
    const shown = this.#isHeading && text !== '' ? this.#style.bold(text) : text;
    return shown + this.#breakLine(at >= 0);
  }

  #breakLine(isThere: boolean): string {
    if (!isThere) return '';
    this.#drop('\n');
    this.#isLineStart = true;
    return '\n';
  }

  #drop(text: string): void {
    this.#pending = this.#pending.slice(text.length);
  }
}
