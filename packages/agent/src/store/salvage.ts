// Owns reading what can still be read of a damaged table. Refuses to judge rows: whether they are as
// they were written is for their seals.

import type { DatabaseSync } from 'node:sqlite';

/** A row with its columns by name. */
export type SalvagedRow = Readonly<Record<string, unknown>>;

const rowsAtOnce = 100;
/** A gap longer than this is the end of the table. */
const gapRowsMax = 2 ** 40;

/** Rows in the order in which they were written, over the places where reading fails. */
export function* salvageRows(
  database: DatabaseSync,
  table: string,
): Generator<SalvagedRow, void, void> {
  const read = (from: number, limit: number): SalvagedRow[] | undefined => {
    try {
      const sql = `SELECT rowid AS salvaged_rowid, * FROM "${table}" WHERE rowid >= ${from}
        ORDER BY rowid LIMIT ${limit}`;
      return database.prepare(sql).all();
    } catch {
      return undefined;
    }
  };
  let from = 0;
  let limit = rowsAtOnce;
  for (;;) {
    const rows = read(from, limit);
    if (rows !== undefined) {
      yield* rows;
      if (rows.length < limit) return;
      from = Number(rows.at(-1)?.['salvaged_rowid']) + 1;
      limit = rowsAtOnce;
    } else if (limit > 1) {
      // Up to the row that cannot be read, one by one.
      limit = 1;
    } else {
      const next = afterGap(from, (start) => read(start, 1) !== undefined);
      if (next === undefined) return;
      from = next;
    }
  }
}

/** The first place behind a gap at `from`; undefined when nothing behind it can be read. */
function afterGap(from: number, isReadable: (start: number) => boolean): number | undefined {
  let length = 1;
  while (!isReadable(from + length)) {
    length *= 2;
    if (length > gapRowsMax) return undefined;
  }
  let [unreadable, readable] = [from + Math.floor(length / 2), from + length];
  while (readable - unreadable > 1) {
    const middle = Math.floor((unreadable + readable) / 2);
    if (isReadable(middle)) readable = middle;
    else unreadable = middle;
  }
  return readable;
}
