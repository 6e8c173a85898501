// Owns saving what is intact of a damaged database into a new one, indexes and chains made anew.
// Refuses to change the damaged file, which is kept beside, and to keep a row that was altered.

import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLOutputValue } from 'node:sqlite';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Database, DerivedTable, Sealing, Statement } from '@opencomputer/contracts/internal';
import { proofColumn } from '@opencomputer/contracts/internal';
import { beginChains } from './begin-chains.ts';
import { keptLogSuffix } from './cut-log.ts';
import { openDataDirectory } from './data-directory.ts';
import type { DataDirectory } from './data-directory.ts';
import { findInstallationKey, keyCopyName, restoreInstallationKey } from './installation-key.ts';
import { migrate } from './migrations.ts';
import { fileRootKey } from './root-key.ts';
import { isRowIntact } from './row-check.ts';
import { salvageRows } from './salvage.ts';
import type { SalvagedRow } from './salvage.ts';
import { openSealing } from './sealing.ts';
import { openSqlite } from './sqlite-database.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { storeMigrations } from './store-tables.ts';
import type { StoreOptions } from './store.ts';
import { removeDatabase, syncPath } from './upgrade.ts';

/** What became of one table. */
export interface RepairedTable {
  readonly table: string;
  readonly kept: number;
  /** Rows that were altered or could not be read; of a chained table also those that are missing. */
  readonly lost: number;
  /** Rows that were kept with a state that was impossible, and is now what the rest proves. */
  readonly mended?: number;
}

/** What became of a database. */
export interface Repaired {
  readonly tables: readonly RepairedTable[];
  /** The folder in which the damaged files are now. */
  readonly damaged: string;
}

/** Made anew, or true of the old file only. */
const notCopied: ReadonlySet<string> = new Set(['migrations', 'chain_heads', 'damage']);
const batchRows = 200;

/** How a store is repaired. */
export interface RepairOptions extends Omit<StoreOptions, 'databaseUrl' | 'rootKey'> {
  /** Tables that are made anew from intact rows, not copied. */
  readonly derived?: readonly DerivedTable[];
  /** Sets impossible states to what the other rows prove, table by table. */
  readonly mend?: (database: Database) => Promise<readonly MendedTable[]>;
}

/** Rows of one table whose state was mended. */
export interface MendedTable {
  readonly table: string;
  readonly rows: number;
}

/**
 * Repairs the store in a data directory that nobody has open. Rejects with STORE_LOCKED, with
 * STORE_DAMAGED when the keys cannot be read and the installation's has no copy, with
 * ROOT_KEY_WRONG when none opens; the files are then as they were.
 */
export async function repairStore(options: RepairOptions): Promise<Repaired> {
  const { path, command, clock } = options;
  const directory = openDataDirectory({ path, command, now: () => clock.now() });
  const draft = directory.file('store.sqlite.repair');
  try {
    removeDatabase(draft);
    const tables = await fill(draft, directory, options);
    const damaged = await swap(directory, draft, clock.now());
    return { tables, damaged };
  } catch (error) {
    removeDatabase(draft);
    throw error;
  } finally {
    directory.release();
  }
}

async function fill(
  draft: string,
  directory: DataDirectory,
  options: RepairOptions,
): Promise<RepairedTable[]> {
  const file = directory.file('store.sqlite');
  const source = openDamaged(file);
  const { writerUrl, clock, proven = [], migrations } = options;
  const into = await openSqlite(
    writerUrl === undefined ? { path: draft } : { path: draft, writerUrl },
  );
  try {
    const now = (): number => clock.now();
    const all = [...storeMigrations, ...migrations];
    await migrate(into, { migrations: all, now, directory: directory.path });
    const keys = await copyTable({ source, into, table: 'person_keys' });
    const sealing = await openKeys(into, directory, { now, kept: keys.kept });
    const tables = [keys];
    for (const table of await tablesOf(into, options)) {
      const isIntact = intactIn(sealing, table, options);
      tables.push(await copyTable({ source, into, table, isIntact }));
    }
    for (const each of options.derived ?? []) tables.push(await deriveTable(into, sealing, each));
    const mended = (await options.mend?.(into)) ?? [];
    await beginChains({ database: into, sealing, tables: proven, chain: (key) => into.chain(key) });
    return tables.map((each) => {
      const rows = mended.find(({ table }) => table === each.table)?.rows ?? 0;
      return rows === 0 ? each : { ...each, mended: rows };
    });
  } finally {
    await into.close();
    source.close();
  }
}

/** The installation's key vouches for every row: without its row, its copy is put into the table. */
async function openKeys(
  into: Database,
  directory: DataDirectory,
  { now, kept }: { readonly now: () => number; readonly kept: number },
): Promise<Sealing> {
  const file = directory.file('store.sqlite');
  const copy = directory.file(keyCopyName);
  const rootKey = fileRootKey(directory.file('root.key'));
  await rootKey.prepare(false);
  const found = await findInstallationKey(into, rootKey, copy);
  if (found === 'in the copy') await restoreInstallationKey(into, copy, now());
  else if (kept === 0) throw damagedError(file, 'no key of a person can be read');
  else if (found === 'missing') {
    const problem =
      'the key of the installation is lost, and so is its copy: no row can be told from an altered one';
    throw damagedError(file, problem);
  }
  return openSealing({ database: into, rootKey, now, keyCopy: copy });
}

function openDamaged(file: string): DatabaseSync {
  try {
    const source = new DatabaseSync(file, { readOnly: true });
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    return source;
  } catch (error) {
    throw damagedError(file, error instanceof Error ? error.message : String(error));
  }
}

/** Plain and virtual tables of components; what SQLite keeps for a virtual one follows from it. */
async function tablesOf(
  database: Database,
  { derived = [] }: Pick<RepairOptions, 'derived'>,
): Promise<string[]> {
  const left = new Set([...notCopied, 'person_keys', ...derived.map(({ table }) => table)]);
  const sql = `select name from pragma_table_list
    where schema = 'main' and type in ('table', 'virtual') and name not like 'sqlite_%'
    order by name`;
  const rows = await database.read<{ name: string }>({ sql, parameters: [] });
  return rows.map(({ name }) => name).filter((name) => !left.has(name));
}

type IsIntact = (row: SalvagedRow) => Promise<boolean>;

function intactIn(
  sealing: Sealing,
  name: string,
  { proven = [], sealed = [] }: RepairOptions,
): IsIntact {
  const chained = proven.find(({ table }) => table === name);
  const table = chained ?? sealed.find((each) => each.table === name);
  if (table === undefined) return async () => true;
  const isProven = chained !== undefined;
  return (row) => isRowIntact(sealing, { table, row, isProven });
}

interface TableCopy {
  readonly source: DatabaseSync;
  readonly into: SqliteDatabase;
  readonly table: string;
  readonly isIntact?: IsIntact;
}

async function copyTable(copy: TableCopy): Promise<RepairedTable> {
  const { source, into, table, isIntact = async () => true } = copy;
  const known = await columnsOf(into, table);
  let [kept, lost] = [0, 0];
  let waiting: Statement[] = [];
  const flush = async (): Promise<void> => {
    const written = await writeEach(into, waiting);
    kept += written;
    lost += waiting.length - written;
    waiting = [];
  };
  for (const row of salvageRows(source, table)) {
    if (!(await isIntact(row))) lost++;
    else waiting.push(insertOf(table, row, known));
    if (waiting.length === batchRows) await flush();
  }
  await flush();
  const total = chainLength(source, table);
  return { table, kept, lost: Math.max(lost, total - kept) };
}

async function columnsOf(database: Database, table: string): Promise<ReadonlySet<string>> {
  const sql = 'select name from pragma_table_info(?)';
  const rows = await database.read<{ name: string }>({ sql, parameters: [table] });
  return new Set(rows.map(({ name }) => name));
}

/** Without its proof, which names the row before it: it gets a new one in the new chain. */
function insertOf(table: string, row: SalvagedRow, known: ReadonlySet<string>): Statement {
  const names = Object.keys(row).filter((name) => known.has(name) && name !== proofColumn);
  const columns = names.map((name) => `"${name}"`).join(', ');
  const values = names.map(() => '?').join(', ');
  return {
    sql: `insert into "${table}" (${columns}) values (${values})`,
    parameters: names.map((name) => row[name]),
  };
}

/** All together, or, when one of them breaks a rule of its table, each for itself. */
async function writeEach(database: Database, statements: readonly Statement[]): Promise<number> {
  if (statements.length === 0) return 0;
  try {
    await database.write(statements, { durable: false });
    return statements.length;
  } catch (error) {
    if (!isAgentError(error, 'STORE_CONFLICT')) throw error;
    if (statements.length === 1) return 0;
  }
  let written = 0;
  for (const statement of statements) written += await writeEach(database, [statement]);
  return written;
}

/** Rows that the chain of a table had; 0 where there is none, or it cannot be read. */
function chainLength(source: DatabaseSync, table: string): number {
  try {
    const sql = 'SELECT position FROM chain_heads WHERE name = ?';
    const position: SQLOutputValue = source.prepare(sql).get(table)?.['position'] ?? 0;
    return Number(position);
  } catch {
    return 0;
  }
}

/** What is missing of it cannot be lost: all of it follows from what was kept. */
async function deriveTable(
  into: SqliteDatabase,
  sealing: Sealing,
  { table, from, make }: DerivedTable,
): Promise<RepairedTable> {
  let kept = 0;
  for (let after = 0; ;) {
    const sql = `select rowid as derived_rowid, * from "${from}"
      where rowid > ? order by rowid limit ${batchRows}`;
    const rows = await into.read<Record<string, unknown>>({ sql, parameters: [after] });
    const statements: Statement[] = [];
    for (const row of rows) {
      after = Number(row['derived_rowid']);
      try {
        statements.push(make(row, await sealing.person(String(row['person']))));
      } catch (error) {
        if (!isAgentError(error, 'PERSON_ERASED')) throw error;
      }
    }
    kept += await writeEach(into, statements);
    if (rows.length < batchRows) return { table, kept, lost: 0 };
  }
}

/** The damaged files are copied aside before anything of them is removed. */
async function swap(directory: DataDirectory, draft: string, at: number): Promise<string> {
  const folder = directory.file(
    `store.damaged-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}`,
  );
  mkdirSync(folder, { mode: 0o700 });
  for (const suffix of ['', '-wal', keptLogSuffix]) {
    const file = directory.file(`store.sqlite${suffix}`);
    if (!existsSync(file)) continue;
    const copy = join(folder, `store.sqlite${suffix}`);
    copyFileSync(file, copy);
    syncPath(copy);
  }
  for (const path of [folder, draft, directory.path]) syncPath(path);
  for (const suffix of ['-wal', '-shm', keptLogSuffix]) {
    rmSync(directory.file(`store.sqlite${suffix}`), { force: true });
  }
  renameSync(draft, directory.file('store.sqlite'));
  syncPath(directory.path);
  return folder;
}

function damagedError(file: string, problem: string): AgentError {
  return new AgentError('STORE_DAMAGED', { file, problem });
}
