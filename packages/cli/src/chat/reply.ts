// Owns a reply while it is streamed: clean text, finished blocks settle and are not laid out again.
// Refuses work that grows with the whole reply: only its unfinished end is parsed.

import { Marked } from '@earendil-works/pi-tui';
import type { Component } from '@earendil-works/pi-tui';
import { Sanitiser } from '../sanitise.ts';
import type { Style } from '../style.ts';
import { replyEntry } from './entries.ts';

/** Characters that arrive before it is looked again for finished blocks. */
const SETTLE_CHARACTERS = 400;

const parser = new Marked();

/** A streamed reply; `settle` receives its finished blocks, in order. */
export class Reply implements Component {
  readonly #sanitiser = new Sanitiser();
  readonly #style: Style;
  readonly #settle: (block: Component) => void;
  #tail = '';
  #looked = 0;
  #drawn: { readonly text: string; readonly entry: Component } | undefined;

  constructor(style: Style, settle: (block: Component) => void) {
    this.#style = style;
    this.#settle = settle;
  }

  write(delta: string): void {
    this.#tail += this.#sanitiser.write(delta);
    if (this.#tail.length - this.#looked < SETTLE_CHARACTERS) return;
    this.#looked = this.#tail.length;
    const end = finishedEnd(this.#tail);
    if (end === 0) return;
    this.#settle(replyEntry(this.#tail.slice(0, end), this.#style));
    this.#tail = this.#tail.slice(end);
    this.#looked = 0;
  }

  /** Settles what is left. */
  end(): void {
    this.#tail += this.#sanitiser.end();
    if (this.#tail.trim() !== '') this.#settle(replyEntry(this.#tail, this.#style));
    this.#tail = '';
  }

  invalidate(): void {
    this.#drawn?.entry.invalidate();
  }

  render(width: number): string[] {
    if (this.#tail === '') return [];
    if (this.#drawn?.text !== this.#tail) {
      this.#drawn = { text: this.#tail, entry: replyEntry(this.#tail, this.#style) };
    }
    return this.#drawn.entry.render(width);
  }
}

/**
 * Where the blocks end that nothing later can change: after a blank line that two further blocks
 * follow, since a list or a quote goes on over one.
 */
function finishedEnd(text: string): number {
  const tokens = parser.lexer(text);
  let after = 0;
  let index = tokens.length - 1;
  for (; index >= 0; index -= 1) {
    if (tokens[index]?.type !== 'space') after += 1;
    else if (after >= 2) break;
  }
  const end = tokens.slice(0, index + 1).reduce((sum, token) => sum + token.raw.length, 0);
  const finished = tokens
    .slice(0, index + 1)
    .map(({ raw }) => raw)
    .join('');
  // The parser normalises some white space; then the place in the text is not known.
  return text.startsWith(finished) ? end : 0;
}
