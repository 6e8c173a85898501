// Owns saving what is intact of a damaged database into a new one, indexes and chains made anew.
// Refuses to change the damaged file, which is kept beside, and to keep a row that was altered.

import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLOutputValue } from 'node:sqlite';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Database, Sealing, Statement } from '@opencomputer/contracts/internal';
import { proofColumn } from '@opencomputer/contracts/internal';
import { beginChains } from './begin-chains.ts';
import { openDataDirectory } from './data-directory.ts';
import type { DataDirectory } from './data-directory.ts';
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
import { removeDatabase } from './upgrade.ts';

/** What became of one table. */
export interface RepairedTable {
  readonly table: string;
  readonly kept: number;
  /** Rows that were altered or could not be read; of a chained table also those that are missing. */
  readonly lost: number;
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

type RepairOptions = Omit<StoreOptions, 'databaseUrl' | 'rootKey'>;

/**
 * Repairs the store in a data directory that nobody has open. Rejects with STORE_LOCKED, with
 * STORE_DAMAGED when not even the table of keys can be read; the files are then as they were.
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
    const rootKey = fileRootKey(directory.file('root.key'));
    if (keys.kept === 0) throw damagedError(file, 'no key of a person can be read');
    const sealing = await openSealing({ database: into, rootKey, now });
    const tables = [keys];
    for (const table of await tablesOf(into)) {
      const isIntact = intactIn(sealing, table, options);
      tables.push(await copyTable({ source, into, table, isIntact }));
    }
    await beginChains({ database: into, sealing, tables: proven, chain: (key) => into.chain(key) });
    return tables;
  } finally {
    await into.close();
    source.close();
  }
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
async function tablesOf(database: Database): Promise<string[]> {
  const sql = `select name from pragma_table_list
    where schema = 'main' and type in ('table', 'virtual') and name not like 'sqlite_%'
    order by name`;
  const rows = await database.read<{ name: string }>({ sql, parameters: [] });
  return rows
    .map(({ name }) => name)
    .filter((name) => !notCopied.has(name) && name !== 'person_keys');
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

/** The damaged files are copied aside before anything of them is removed. */
async function swap(directory: DataDirectory, draft: string, at: number): Promise<string> {
  const folder = directory.file(
    `store.damaged-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}`,
  );
  mkdirSync(folder, { mode: 0o700 });
  for (const suffix of ['', '-wal']) {
    const file = directory.file(`store.sqlite${suffix}`);
    if (existsSync(file)) copyFileSync(file, join(folder, `store.sqlite${suffix}`));
  }
  for (const suffix of ['-wal', '-shm']) {
    rmSync(directory.file(`store.sqlite${suffix}`), { force: true });
  }
  renameSync(draft, directory.file('store.sqlite'));
  return folder;
}

function damagedError(file: string, problem: string): AgentError {
  return new AgentError('STORE_DAMAGED', { file, problem });
}
