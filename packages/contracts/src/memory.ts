// Owns contract 7, memory: what is kept about a person across conversations. Refuses to let
// recalled text act: it is data, never instruction.

/** Where an item came from, which decides how far it is trusted. */
export type MemoryTrust = 'user' | 'trusted' | 'untrusted';

/** One thing kept. */
export interface MemoryItem {
  readonly id: string;
  readonly text: string;
  /** The event that it was learned from. */
  readonly source: string;
  readonly trust: MemoryTrust;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** An item that answers a query, with the reason and a score (higher is better). */
export interface Recalled {
  readonly item: MemoryItem;
  readonly score: number;
  readonly reason: string;
}

/** Bounds of one recall. */
export interface RecallBudget {
  readonly itemsMax: number;
  readonly charactersMax: number;
}

/** Which items to forget: one by id, all from a source event, or all of the person's. */
export type ForgetSelector =
  | { readonly id: string }
  | { readonly source: string }
  | { readonly all: true };

/**
 * The memory of one installation.
 * Must keep source and trust of each item. Must return nothing of another person's. `forget` must be
 * complete, indexes included, before it resolves; it returns the number of items forgotten.
 */
export interface Memory {
  /** With an id, a second call with the same id keeps the first item. */
  remember(person: string, item: Omit<MemoryItem, 'id'> & { id?: string }): Promise<MemoryItem>;
  /** The best items for a query; for an empty query the newest ones. */
  recall(person: string, query: string, budget: RecallBudget): Promise<readonly Recalled[]>;
  forget(person: string, selector: ForgetSelector): Promise<number>;
}
