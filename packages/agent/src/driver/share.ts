// Owns the one rule by which places are shared between people. Refuses to know what the places are.

/**
 * Whether somebody who has `own` of the `taken` places may take one more of `max`: only while they
 * have fewer than twice as many as are free. So one alone gets two thirds, however many ask some are
 * left for who comes next, and nobody has to be sent away for it (dynamic thresholds, Choudhury and
 * Hahne 1998).
 */
export function mayTake(own: number, taken: number, max: number): boolean {
  const free = max - taken;
  return free > 0 && own < 2 * free;
}

/** How many places each has, and all together. */
export class Shares {
  readonly #max: number;
  readonly #own = new Map<string, number>();
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  mayTake(name: string): boolean {
    return mayTake(this.#own.get(name) ?? 0, this.#taken, this.#max);
  }

  take(name: string): void {
    this.#own.set(name, (this.#own.get(name) ?? 0) + 1);
    this.#taken += 1;
  }

  give(name: string): void {
    const left = (this.#own.get(name) ?? 0) - 1;
    if (left > 0) this.#own.set(name, left);
    else this.#own.delete(name);
    this.#taken -= 1;
  }
}
