// Owns putting a paste together as it arrives, in time that grows with its size and no faster.
// Refuses to keep a paste that is larger than a message: it is counted and let go.

const PASTE_BEGIN = '\u001b[200~';
const PASTE_END = '\u001b[201~';

/** The part of a marker that may be the end of one chunk and the beginning of the next. */
const HELD_UNITS_MIN = 3;

/** What a gate lets through. */
export interface PasteGateOptions {
  readonly bytesMax: number;
  readonly onTooLarge: (bytes: number) => void;
}

/** Stands before the parser of keys: chunks in, keys and whole pastes out. */
export class PasteGate {
  readonly #options: PasteGateOptions;
  #held = '';
  #isPasting = false;
  #parts: string[] = [];
  #bytes = 0;

  constructor(options: PasteGateOptions) {
    this.#options = options;
  }

  /** What is to be passed on of a chunk; a paste is passed on when it is complete. */
  take(chunk: string): string {
    let rest = this.#held + chunk;
    this.#held = '';
    let passed = '';
    for (;;) {
      const marker = this.#isPasting ? PASTE_END : PASTE_BEGIN;
      const place = rest.indexOf(marker);
      if (place === -1) break;
      const before = rest.slice(0, place);
      rest = rest.slice(place + marker.length);
      passed += this.#isPasting ? this.#end(before) : before;
      this.#isPasting = !this.#isPasting;
    }
    const held = heldLength(rest, this.#isPasting ? PASTE_END : PASTE_BEGIN, this.#isPasting);
    this.#held = rest.slice(rest.length - held);
    const now = rest.slice(0, rest.length - held);
    if (!this.#isPasting) return passed + now;
    this.#keep(now);
    return passed;
  }

  #keep(part: string): void {
    this.#bytes += Buffer.byteLength(part);
    if (this.#bytes <= this.#options.bytesMax) this.#parts.push(part);
    else this.#parts = [];
  }

  #end(part: string): string {
    this.#keep(part);
    const bytes = this.#bytes;
    const text = this.#parts.join('');
    this.#parts = [];
    this.#bytes = 0;
    if (bytes <= this.#options.bytesMax) return `${PASTE_BEGIN}${text}${PASTE_END}`;
    this.#options.onTooLarge(bytes);
    return '';
  }
}

/** A lone ESC is a key and is not held back; within a paste every beginning of the marker is. */
function heldLength(text: string, marker: string, isPasting: boolean): number {
  const least = isPasting ? 1 : HELD_UNITS_MIN;
  for (let length = marker.length - 1; length >= least; length -= 1) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}
