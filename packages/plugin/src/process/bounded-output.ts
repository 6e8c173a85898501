// Owns what is kept of a long output: its beginning and its end. Refuses to hold more than both.

/** Bytes kept at each end. */
const OUTPUT_PART_BYTES_MAX = 12_000;

/** Collects an output in the order in which it arrives. */
export class BoundedOutput {
  readonly #partBytesMax: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer = Buffer.alloc(0);
  #bytes = 0;

  constructor(partBytesMax: number = OUTPUT_PART_BYTES_MAX) {
    this.#partBytesMax = partBytesMax;
  }

  /** All bytes that arrived, kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  get cut(): boolean {
    return this.#bytes > this.#headBytes + this.#tail.length;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const room = this.#partBytesMax - this.#headBytes;
    const head = chunk.subarray(0, room);
    if (head.length > 0) {
      this.#head.push(Buffer.from(head));
      this.#headBytes += head.length;
    }
    const rest = chunk.subarray(head.length);
    if (rest.length === 0) return;
    const joined = Buffer.concat([this.#tail, rest.subarray(-this.#partBytesMax)]);
    this.#tail = Buffer.from(joined.subarray(-this.#partBytesMax));
  }

  /** What was kept as text; bytes that are no UTF-8 become U+FFFD. */
  text(): string {
    const head = Buffer.concat(this.#head);
    if (!this.cut) return Buffer.concat([head, this.#tail]).toString('utf8');
    const left = this.#bytes - this.#headBytes - this.#tail.length;
    const begin = head.toString('utf8').replace(/\uFFFD$/, '');
    const end = this.#tail.toString('utf8').replace(/^\uFFFD+/, '');
    return `${begin}\n… ${left} bytes left out …\n${end}`;
  }
}
