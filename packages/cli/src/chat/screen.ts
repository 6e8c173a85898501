// Owns what is drawn: the transcript, what is going on, the editor. Refuses to redraw lines that
// have left the screen: they belong to the terminal, so a redraw costs one screen at most.

import { Container, truncateToWidth, visibleWidth } from '@earendil-works/pi-tui';
import type { Component } from '@earendil-works/pi-tui';

/** Lines that are kept for comparison before those above the screen are given up. */
const LINES_MAX = 2_000;

/** The parts of the screen, from the top. */
export interface ScreenParts {
  /** What is going on; below the transcript, and changing. */
  readonly live: Component;
  readonly editor: Component;
  /** One line below the editor. */
  readonly footer: Component;
}

/** The root of the chat's interface. */
export class Screen extends Container {
  readonly #parts: ScreenParts;
  readonly #rows: () => number;
  #entries: Component[] = [];
  #isClosed = false;
  /** Lines at the top that have been given up. */
  #hidden = 0;
  /** First line of the last drawing that is on the screen. */
  #top = 0;
  #last: readonly string[] = [];
  #size = { width: 0, rows: 0 };

  /** `rows` is the height of the terminal in lines. */
  constructor(parts: ScreenParts, rows: () => number) {
    super();
    this.#parts = parts;
    this.#rows = rows;
    for (const part of [parts.live, parts.editor, parts.footer]) this.addChild(part);
  }

  /** Adds to the end of the transcript; the returned function takes the entry back. */
  append(entry: Component): () => void {
    this.#entries.push(entry);
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  /** Leaves only the transcript, for the end of the chat. */
  close(): void {
    this.#isClosed = true;
  }

  override invalidate(): void {
    super.invalidate();
    for (const entry of this.#entries) entry.invalidate();
  }

  override render(width: number): string[] {
    const rows = this.#rows();
    const transcript = this.#entries.map((entry) => entry.render(width));
    const { live, editor, footer } = this.#parts;
    const below = this.#isClosed ? [] : [live, editor, footer].map((part) => part.render(width));
    const all = [...transcript, ...below].flat();
    if (this.#mustGiveUp(all, { width, rows })) {
      this.#hidden = Math.max(0, all.length - rows);
      this.#top = 0;
    }
    this.#size = { width, rows };
    const lines = all.slice(this.#hidden).map((line) => clamp(line, width));
    this.#forget(transcript);
    this.#top = Math.max(this.#top, lines.length - rows);
    this.#last = lines;
    return lines;
  }

  /** Whether what is above the screen can no longer be drawn by changing lines on it. */
  #mustGiveUp(
    all: readonly string[],
    size: { readonly width: number; readonly rows: number },
  ): boolean {
    const isResized = this.#size.width !== size.width || this.#size.rows !== size.rows;
    if (this.#size.width !== 0 && isResized) return true;
    if (all.length - this.#hidden > LINES_MAX) return true;
    for (let index = 0; index < this.#top; index += 1) {
      const line = all[this.#hidden + index];
      if (line === undefined || clamp(line, size.width) !== this.#last[index]) return true;
    }
    return false;
  }

  /** Drops entries of which no line is drawn any more. */
  #forget(transcript: readonly (readonly string[])[]): void {
    let count = 0;
    for (const lines of transcript) {
      if (lines.length > this.#hidden) break;
      this.#hidden -= lines.length;
      count += 1;
    }
    if (count > 0) this.#entries = this.#entries.slice(count);
  }
}

/** A line that is too wide would end the program: better cut than that. */
function clamp(line: string, width: number): string {
  return line.length > width / 2 && visibleWidth(line) > width
    ? truncateToWidth(line, width, '')
    : line;
}
