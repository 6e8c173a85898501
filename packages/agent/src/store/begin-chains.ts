// Owns the start of proofs: the writer's key, and proofs for rows from before there were any.
// Refuses to do so twice: a row that lost its proof later is damaged, not old.

import type { Database, ProvenTable, Sealing, Statement } from '@opencomputer/contracts/internal';
import { installationId, proofColumn } from '@opencomputer/contracts/internal';
import type { StoreTables } from './store-tables.ts';

/** Rows that get their proof in one batch. */
const batchRows = 500;

/** What proofs begin with. */
export interface ChainParts {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly tables: readonly ProvenTable[];
  /** Hands the writer the key of its chains; absent where rows are not chained. */
  readonly chain?: (key: Uint8Array) => Promise<void>;
}

/** Makes the tables ready for proven rows. Rejects with the errors of the store. */
export async function beginChains({ database, sealing, tables, chain }: ChainParts): Promise<void> {
  await chain?.((await sealing.person(installationId)).deriveKey('chains'));
  const query = database.query.$extendTables<StoreTables>();
  for (const table of tables) {
    const mark = sealing.hash('chain-whole', table.table);
    const known = await query
      .selectFrom('chain_heads')
      .select('whole')
      .where('name', '=', table.table)
      .executeTakeFirst();
    if (known?.whole === mark) continue;
    await proveOld(database, sealing, table);
    const head = { name: table.table, position: 0, link: null, whole: mark };
    await database.write([
      query
        .insertInto('chain_heads')
        .values(head)
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ whole: mark }))
        .compile(),
    ]);
  }
}

/** In the order in which checks read them (see `row-check.ts`); resumed where a crash stopped it. */
async function proveOld(database: Database, sealing: Sealing, proven: ProvenTable): Promise<void> {
  const { table, columns } = proven;
  const [id = ''] = columns;
  const proofs = sealing.rows(proven);
  const isSqlite = database.dialect === 'sqlite';
  const order = isSqlite ? 'rowid' : id;
  const mark = isSqlite ? ['?', '?', '?'] : ['$1', '$2', '$3'];
  const select = `select ${order} as chain_order, ${columns.join(', ')}, payload from ${table}
    where ${proofColumn} is null and ${order} > ${mark[0]} order by ${order} limit ${batchRows}`;
  const update = `update ${table} set ${proofColumn} = chain_row(${mark[0]}, ${mark[1]})
    where ${id} = ${mark[2]}`;
  let after: unknown = isSqlite ? 0 : '';
  for (;;) {
    const rows = await database.read<Record<string, unknown>>({ sql: select, parameters: [after] });
    const statements = rows.map((row): Statement => ({
      sql: update,
      parameters: [table, proofs.prove(row), row[id]],
    }));
    if (statements.length === 0) return;
    await database.write(statements);
    after = rows.at(-1)?.['chain_order'];
  }
}
