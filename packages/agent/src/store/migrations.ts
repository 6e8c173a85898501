// Owns which migrations a database has had, and applies the ones it has not.
// Refuses a migration that was edited, and a database that knows more than this program.

import { createHash } from 'node:crypto';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Database, Migration, Statement } from '@opencomputer/contracts/internal';
import { columnTypes } from '@opencomputer/contracts/internal';

type MigrationTables = {
  migrations: { component: string; version: number; checksum: string; applied_at: number };
};

interface AppliedMigration {
  readonly component: string;
  readonly version: number;
  readonly checksum: string;
}

/** How migrations are applied. */
export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  /** Milliseconds since the Unix epoch, recorded with each migration. */
  readonly now: () => number;
  /** Names the data in STORE_NEWER. */
  readonly directory: string;
}

/**
 * Brings the database up to the given migrations, each in one batch with its record, in the
 * order given; several programs may do so at once. Gives the names of those applied. Rejects
 * with MIGRATION_CHANGED, STORE_NEWER, or MIGRATION_FAILED, in which case that migration left
 * no trace.
 */
export async function migrate(database: Database, options: MigrateOptions): Promise<string[]> {
  const { ordered, applied } = await compare(database, options);
  const done: string[] = [];
  for (const migration of ordered) {
    const statements = migration.up(database.dialect);
    const sum = checksum(statements);
    const before = applied.get(nameOf(migration));
    if (before === undefined) {
      const record = recordOf(database, { migration, sum, appliedAt: options.now() });
      if (await apply(database, migration, [record, ...statements])) done.push(nameOf(migration));
    } else if (before.checksum !== sum) {
      throw new AgentError('MIGRATION_CHANGED', { migration: nameOf(migration) });
    }
  }
  return done;
}

/**
 * Names of the migrations that a database with earlier ones has not had; none for one that is
 * new. Rejects with STORE_NEWER.
 */
export async function pendingMigrations(
  database: Database,
  options: Omit<MigrateOptions, 'now'>,
): Promise<string[]> {
  const { ordered, applied } = await compare(database, options);
  if (applied.size === 0) return [];
  return ordered.map(nameOf).filter((name) => !applied.has(name));
}

async function compare(
  database: Database,
  options: Omit<MigrateOptions, 'now'>,
): Promise<{
  readonly ordered: readonly Migration[];
  readonly applied: ReadonlyMap<string, AppliedMigration>;
}> {
  const ordered = checkedOrder(options.migrations);
  await createTable(database);
  const applied = await readApplied(database);
  checkKnown(applied, ordered, options.directory);
  return { ordered, applied };
}

/** False when another program applied the same migration in the meantime. */
async function apply(
  database: Database,
  migration: Migration,
  statements: readonly Statement[],
): Promise<boolean> {
  try {
    await database.write(statements);
    return true;
  } catch (error) {
    if (isAgentError(error, 'STORE_CONFLICT')) {
      const applied = await readApplied(database);
      if (applied.has(nameOf(migration))) return false;
    }
    const problem = error instanceof Error ? error.message : String(error);
    const details = { migration: nameOf(migration), problem };
    throw new AgentError('MIGRATION_FAILED', details, { cause: error });
  }
}

async function createTable(database: Database): Promise<void> {
  const { text, integer } = columnTypes[database.dialect];
  const strict = database.dialect === 'sqlite' ? ' STRICT' : '';
  const sql =
    `CREATE TABLE IF NOT EXISTS migrations (component ${text} NOT NULL, ` +
    `version ${integer} NOT NULL, checksum ${text} NOT NULL, applied_at ${integer} NOT NULL, ` +
    `PRIMARY KEY (component, version))${strict}`;
  try {
    await database.write([{ sql, parameters: [] }]);
  } catch (error) {
    // Two programs at once: PostgreSQL lets one of them fail although it says IF NOT EXISTS.
    if (!isAgentError(error, 'STORE_CONFLICT')) throw error;
  }
}

async function readApplied(database: Database): Promise<Map<string, AppliedMigration>> {
  const rows = await database.query
    .$extendTables<MigrationTables>()
    .selectFrom('migrations')
    .select(['component', 'version', 'checksum'])
    .execute();
  return new Map(rows.map((row) => [nameOf(row), row]));
}

interface Application {
  readonly migration: Migration;
  readonly sum: string;
  readonly appliedAt: number;
}

function recordOf(database: Database, { migration, sum, appliedAt }: Application): Statement {
  const { component, version } = migration;
  const query = database.query.$extendTables<MigrationTables>();
  const values = { component, version, checksum: sum, applied_at: appliedAt };
  return query.insertInto('migrations').values(values).compile();
}

/** Each component's versions in ascending order, components in the order they first appear. */
function checkedOrder(migrations: readonly Migration[]): readonly Migration[] {
  const components = Map.groupBy(migrations, ({ component }) => component);
  const lists = [...components.values()].map((list) =>
    list.toSorted((left, right) => left.version - right.version),
  );
  for (const list of lists) {
    for (const [index, migration] of list.entries()) {
      if (migration.version === index + 1) continue;
      const problem = 'versions count from 1 without gaps';
      throw new AgentError('MIGRATION_FAILED', { migration: nameOf(migration), problem });
    }
  }
  return lists.flat();
}

function checkKnown(
  applied: ReadonlyMap<string, AppliedMigration>,
  known: readonly Migration[],
  directory: string,
): void {
  const names = new Set(known.map(nameOf));
  for (const name of applied.keys()) {
    if (!names.has(name)) throw new AgentError('STORE_NEWER', { directory });
  }
}

function nameOf({ component, version }: Pick<Migration, 'component' | 'version'>): string {
  return `${component}/${version}`;
}

function checksum(statements: readonly Statement[]): string {
  const text = JSON.stringify(statements.map(({ sql, parameters }) => [sql, parameters]));
  return createHash('sha256').update(text).digest('hex');
}
