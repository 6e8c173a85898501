// Owns the cutting of a byte stream into lines, whole characters kept. Refuses to hold more than the
// limit: an oversize line is thrown away up to its end and reported once.

const NEWLINE = 10;

/** What becomes of a line. */
export interface LineListener {
  onLine(line: string): void;
  onOversize(): void;
}

/** Cuts newline-delimited text (UTF-8) out of chunks of any size. */
export class LineReader {
  readonly #lineBytesMax: number;
  readonly #listener: LineListener;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #discarding = false;

  constructor(lineBytesMax: number, listener: LineListener) {
    this.#lineBytesMax = lineBytesMax;
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let start = 0;
    let end = chunk.indexOf(NEWLINE);
    while (end !== -1) {
      this.#keep(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
      end = chunk.indexOf(NEWLINE, start);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#lineBytesMax) {
      this.#discarding = true;
      this.#pieces = [];
    }
    if (!this.#discarding) this.#pieces.push(piece);
  }

  #finish(): void {
    const pieces = this.#pieces;
    const oversize = this.#discarding;
    this.#pieces = [];
    this.#bytes = 0;
    this.#discarding = false;
    if (oversize) this.#listener.onOversize();
    else this.#listener.onLine(Buffer.concat(pieces).toString('utf8'));
  }
}
