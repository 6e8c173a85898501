// Owns the numbers that stand for statements between the threads, and says what is new.
// Refuses to grow for ever: the statement used longest ago is forgotten on both sides.

/** Statements both threads remember. */
const statementsMax = 500;

/** News for the other thread. */
export interface StatementNews {
  readonly learn: readonly (readonly [id: number, sql: string])[];
  readonly forget: readonly number[];
}

/** Gives each statement a number, the same one for as long as it is remembered. */
export class StatementNumbers {
  /** In order of use: the first key is the one used longest ago. */
  readonly #numbers = new Map<string, number>();
  #next = 1;
  #learn: [id: number, sql: string][] = [];
  #forget: number[] = [];

  numberOf(sql: string): number {
    const known = this.#numbers.get(sql);
    if (known !== undefined) {
      this.#numbers.delete(sql);
      this.#numbers.set(sql, known);
      return known;
    }
    const id = this.#next++;
    this.#numbers.set(sql, id);
    this.#learn.push([id, sql]);
    if (this.#numbers.size > statementsMax) this.#forgetOldest();
    return id;
  }

  /** What the other thread has to learn, and may forget once the group is done. */
  takeNews(): StatementNews {
    const news = { learn: this.#learn, forget: this.#forget };
    this.#learn = [];
    this.#forget = [];
    return news;
  }

  #forgetOldest(): void {
    for (const [sql, id] of this.#numbers) {
      this.#numbers.delete(sql);
      this.#forget.push(id);
      return;
    }
  }
}
