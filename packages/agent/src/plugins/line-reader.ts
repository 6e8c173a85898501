// Owns the cutting of a process's output into lines. Refuses to hold more than the limit: of an
// oversize line only the beginning is kept, to tell which call it would have answered.

const NEWLINE = 10;
/** Enough for the id of an answer, which comes first in a message. */
const HEAD_BYTES = 200;

/** What becomes of a line. */
export interface LineListener {
  onLine(line: string): void;
  /** Called as soon as the limit is passed; the rest of the line is thrown away. */
  onOversize(head: string): void;
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
    if (this.#discarding) return;
    this.#bytes += piece.length;
    this.#pieces.push(piece);
    if (this.#bytes <= this.#lineBytesMax) return;
    const head = Buffer.concat(this.#pieces.slice(0, HEAD_BYTES)).subarray(0, HEAD_BYTES);
    this.#discarding = true;
    this.#pieces = [];
    this.#listener.onOversize(head.toString('utf8'));
  }

  #finish(): void {
    const pieces = this.#pieces;
    const discarded = this.#discarding;
    this.#pieces = [];
    this.#bytes = 0;
    this.#discarding = false;
    if (!discarded) this.#listener.onLine(Buffer.concat(pieces).toString('utf8'));
  }
}
