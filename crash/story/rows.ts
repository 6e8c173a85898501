// Owns what the plain columns of a store say about messages and replies, once its owner is gone.
// Refuses payloads, which are sealed, and to write.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Rows of the inbox, of the outbox, and turns by their events `turn-finish`. */
export interface Rows {
  readonly inbox: readonly InboxRow[];
  readonly outbox: readonly OutboxRow[];
  readonly finishes: readonly string[];
  /** What SQLite's own check says; `ok` when nothing is wrong. */
  readonly integrity: string;
}

export interface InboxRow {
  readonly id: string;
  readonly channel: string;
  readonly conversation: string;
  readonly state: string;
}

export interface OutboxRow {
  readonly id: string;
  readonly channel: string;
  readonly conversation: string;
  readonly state: string;
}

/** Reads the store of a home whose daemon has ended. */
export function readRows(folder: string): Rows {
  const database = new DatabaseSync(join(folder, 'data', 'store.sqlite'));
  try {
    const all = <Row>(sql: string): Row[] => database.prepare(sql).all() as Row[];
    const finish = "select turn from events where name = 'turn-finish'";
    const [check] = all<Record<string, unknown>>('pragma integrity_check(1)');
    return {
      inbox: all<InboxRow>('select id, channel, conversation, state from inbox'),
      outbox: all<OutboxRow>('select id, channel, conversation, state from outbox'),
      finishes: all<{ turn: string }>(finish).map(({ turn }) => turn),
      integrity: String(Object.values(check ?? {})[0]),
    };
  } finally {
    database.close();
  }
}
