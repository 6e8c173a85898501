// Owns replies that were delivered while the store could not record it: the record is tried again,
// never the delivery. Refuses to outlive the process, whose next one shows them again.

import type { Clock } from '@opencomputer/contracts';
import type { Database, Statement } from '@opencomputer/contracts/internal';
import type { Report } from './payload.ts';
import type { ChannelTables } from './tables.ts';

/** Between two tries to write: work goes on within 5 s after the store is well again. */
export const storeDelayMs = 4_000;
/** Replies recorded in one batch. */
const batchMax = 500;

/** What recording needs; without a clock it is tried again only with the next reply. */
export interface UnrecordedParts {
  readonly database: Database;
  readonly report: Report;
  readonly clock?: Pick<Clock, 'after'>;
}

/** Delivered replies until the store knows; no more of them than were on their way when it failed. */
export class Unrecorded {
  readonly #parts: UnrecordedParts;
  readonly #settle: ReturnType<typeof prepareSettle>;
  readonly #ids = new Set<string>();
  #cancel: (() => void) | undefined;

  constructor(parts: UnrecordedParts) {
    this.#parts = parts;
    this.#settle = prepareSettle(parts.database);
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Marks replies as delivered. What the store does not take is reported, and tried again later. */
  async record(replyIds: readonly string[]): Promise<void> {
    for (const id of replyIds) this.#ids.add(id);
    this.#cancel?.();
    try {
      await this.#write();
    } catch (error) {
      this.#parts.report(error, 'replies that were delivered');
      this.#cancel?.();
      this.#cancel = this.#parts.clock?.after(storeDelayMs, () => void this.record([]));
    }
  }

  /** Tries for the last time. */
  async stop(): Promise<void> {
    this.#cancel?.();
    await this.#write().catch((error: unknown) =>
      this.#parts.report(error, 'replies that were delivered'),
    );
  }

  async #write(): Promise<void> {
    while (this.#ids.size > 0) {
      const ids = [...this.#ids].slice(0, batchMax);
      const statements = ids.map((id) => this.#settle({ id, state: 'delivered' }));
      await this.#parts.database.write(statements, { durable: false });
      for (const id of ids) this.#ids.delete(id);
    }
  }
}

/** The statement that ends the waiting of a reply, in one state or the other. */
export function prepareSettle(
  database: Database,
): (end: { id: string; state: string }) => Statement {
  const query = database.query.$extendTables<ChannelTables>();
  return database.prepare<{ id: string; state: string }>((value) =>
    query
      .updateTable('outbox')
      .set({ state: value('state') })
      .where('id', '=', value('id'))
      .where('state', '=', 'pending'),
  );
}
