// Owns the last lines that a plugin wrote to its log. Refuses to grow: the oldest go first.

/** Keeps the end of a text stream, cut to whole lines where possible. */
export class LogTail {
  readonly #bytesMax: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    const kept = Buffer.from(chunk.subarray(Math.max(0, chunk.length - this.#bytesMax)));
    this.#chunks.push(kept);
    this.#bytes += kept.length;
    while (this.#bytes > this.#bytesMax) {
      const first = this.#chunks[0];
      if (first === undefined) break;
      const excess = Math.min(this.#bytes - this.#bytesMax, first.length);
      this.#bytes -= excess;
      if (excess === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(excess);
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  /** The last line that is not blank, cut to `charactersMax`; for a one-line explanation. */
  lastLine(charactersMax: number): string {
    const lines = this.text().split('\n');
    const last = lines.findLast((line) => line.trim() !== '') ?? '';
    return last.trim().slice(0, charactersMax);
  }
}
