// Owns the order in which a store comes up and goes down: folder, database, tables, keys.
// Refuses to leave anything half open: what fails on the way up takes the rest down with it.

import { AgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import type {
  Database,
  Integrity,
  Migration,
  ProvenTable,
  Sealing,
} from '@opencomputer/contracts/internal';
import type { BackgroundCheck } from './background-check.ts';
import { beginChains } from './begin-chains.ts';
import { createDamageList } from './damage.ts';
import { openDataDirectory } from './data-directory.ts';
import type { DataDirectory } from './data-directory.ts';
import { keyCopyName } from './installation-key.ts';
import { migrate, pendingMigrations } from './migrations.ts';
import { notingSealing } from './noting-sealing.ts';
import { openPostgresql } from './postgresql-database.ts';
import { fileRootKey } from './root-key.ts';
import type { RootKey } from './root-key.ts';
import { openSealing } from './sealing.ts';
import { copyDatabase } from './sqlite-copy.ts';
import type { CopyProgress } from './sqlite-copy.ts';
import { openSqlite } from './sqlite-database.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { checkStore, watchStore } from './store-check.ts';
import { storeMigrations } from './store-tables.ts';
import { upgradeFile } from './upgrade.ts';

/** How a store is opened. */
export interface StoreOptions {
  /** The data directory; made where there is none. */
  readonly path: string;
  /** What a second process is told holds the directory, e.g. `agent serve`. */
  readonly command: string;
  /** Of every component; the store's own come first. */
  readonly migrations: readonly Migration[];
  /** Tables of components whose rows are proven. */
  readonly proven?: readonly ProvenTable[];
  /** Tables of components of which only the payload is sealed; their first column is the row's id. */
  readonly sealed?: readonly ProvenTable[];
  readonly clock: Clock;
  /** Code of the writer thread, for a bundle that puts it elsewhere. */
  readonly writerUrl?: URL;
  /** A PostgreSQL server instead of the embedded database. */
  readonly databaseUrl?: string;
  /** By default the file `root.key` in the data directory. */
  readonly rootKey?: RootKey;
  /** Told when work that was written is cut off the log by damage. */
  readonly report?: (error: unknown, about: string) => void;
}

/** Everything that is kept, open. */
export interface Store {
  readonly directory: DataDirectory;
  readonly database: Database;
  readonly sealing: Sealing;
  /** Copies the database as it is now; absent on PostgreSQL, which has means of its own. */
  readonly copy?: (to: string, progress?: CopyProgress) => Promise<void>;
  /** Reads every page and every row; what is damaged is part of the result. */
  check(): Promise<Integrity>;
  /** Does so slowly until the store is closed; each damaged place is reported once in its life. */
  watch(report: (error: unknown, about: string) => void): Promise<void>;
  /** The same report, with damage that it is told of put into the list of damage. */
  noting(report: (error: unknown, about: string) => void): (error: unknown, about: string) => void;
  /** Finishes the accepted writes and lets another process have the directory. */
  close(): Promise<void>;
}

/** What the store of a process in a cluster has instead of its own. */
export function sharedStore(shared: {
  readonly databaseUrl: string;
  readonly rootKeyFile?: string;
}): Pick<StoreOptions, 'databaseUrl' | 'rootKey'> {
  const { databaseUrl, rootKeyFile } = shared;
  return { databaseUrl, ...(rootKeyFile !== undefined && { rootKey: fileRootKey(rootKeyFile) }) };
}

/** Opens the store; rejects with the STORE_ and MIGRATION_ errors of its parts. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const now = (): number => options.clock.now();
  const { path, command, migrations } = options;
  const directory = openDataDirectory({ path, command, now });
  let database: Database | undefined;
  try {
    const all = [...storeMigrations, ...migrations];
    const opened = await openDatabase(options, directory, all);
    database = opened.database;
    await migrate(database, { migrations: all, now, directory: directory.path });
    const rootKey = options.rootKey ?? fileRootKey(directory.file('root.key'));
    const { copy, chain, file, scrub } = opened;
    const keyCopy = file && { keyCopy: directory.file(keyCopyName) };
    const sealing = await openSealing({ database, rootKey, now, scrub, ...keyCopy });
    const { proven = [], sealed = [], clock } = options;
    await beginChains({ database, sealing, tables: proven, ...(chain && { chain }) });
    const closing = new AbortController();
    const { signal } = closing;
    const checked = {
      database,
      sealing,
      proven,
      sealed,
      clock,
      signal,
      ...(file && { path: file }),
    };
    const { note } = createDamageList(database, now);
    let watching: BackgroundCheck | undefined;
    return {
      directory,
      database,
      sealing: notingSealing(sealing, note),
      noting: (report) => (error, about) => (note(error), report(error, about)),
      ...(copy && { copy }),
      check: () => checkStore(checked),
      watch: async (report) => {
        watching ??= await watchStore(checked, report);
      },
      close: async () => {
        closing.abort(new AgentError('STORE_FAILED', { problem: 'it is closed' }));
        await watching?.stop();
        await closeStore(directory, opened.database);
      },
    };
  } catch (error) {
    await closeStore(directory, database);
    throw error;
  }
}

interface OpenedDatabase {
  readonly database: Database;
  /** The database file; absent where there is none. */
  readonly file?: string;
  readonly scrub: () => Promise<void>;
  readonly chain?: (key: Uint8Array) => Promise<void>;
  readonly copy?: (to: string, progress?: CopyProgress) => Promise<void>;
}

async function openDatabase(
  options: StoreOptions,
  directory: DataDirectory,
  migrations: readonly Migration[],
): Promise<OpenedDatabase> {
  if (options.databaseUrl !== undefined) {
    const { databaseUrl: url, clock } = options;
    return { database: await openPostgresql({ url, clock }), scrub: async () => {} };
  }
  const { writerUrl } = options;
  const open = (path: string): Promise<SqliteDatabase> =>
    openSqlite({ path, clock: options.clock, ...(writerUrl && { writerUrl }) });
  const path = directory.file('store.sqlite');
  let database = await open(path);
  if (database.cut !== undefined) {
    options.report?.(new Error(database.cut.problem), 'damaged data');
  }
  try {
    const known = { migrations, directory: directory.path };
    if ((await pendingMigrations(database, known)).length > 0) {
      await database.close();
      await upgradeFile({ path, migrations, now: () => options.clock.now(), open });
      database = await open(path);
    }
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    database,
    file: path,
    scrub: () => database.checkpoint(),
    chain: (key) => database.chain(key),
    copy: (to, progress) => copyDatabase(path, to, progress),
  };
}

async function closeStore(directory: DataDirectory, database?: Database): Promise<void> {
  try {
    await database?.close();
  } finally {
    directory.release();
  }
}
