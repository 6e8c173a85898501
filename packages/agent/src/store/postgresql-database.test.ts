import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import type { Clock } from '@opencomputer/contracts';
import pg from 'pg';
import { testDatabase } from './fixtures/conformance.ts';
import { itemMigrations } from './fixtures/store-process.ts';
import { testMigrations } from './fixtures/migration-conformance.ts';
import { testSealing } from './fixtures/sealing-conformance.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openPostgresql } from './postgresql-database.ts';
import type { PostgresqlOptions } from './postgresql-database.ts';
import { openStore } from './store.ts';

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

interface ServerModule {
  startTemporaryPostgresql(program: string): Promise<Server>;
}

const serverModule = new URL('../../../testkit/src/temporary-postgresql.ts', import.meta.url);

/** Attempts follow at once: what is tested is that they happen. */
const clock: Clock = {
  now: () => 1,
  monotonic: () => 1,
  after: (_, run) => {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
};

test('a server that cannot be reached is an error of the table', async () => {
  const url = 'postgresql://nobody@/none?host=%2Fno%2Fsuch%2Ffolder';
  await assert.rejects(openPostgresql({ url, clock }), { code: 'STORE_FAILED' });
});

const postgres = requirement('postgresql');
if (postgres !== undefined) testOnServer(postgres);

function testOnServer(program: string): void {
  let server: Server | undefined;
  let databases = 0;

  before(async () => {
    const { startTemporaryPostgresql } = (await import(serverModule.href)) as ServerModule;
    server = await startTemporaryPostgresql(program);
  });
  after(() => server?.stop());

  async function createDatabase(): Promise<string> {
    const url = server?.url ?? assert.fail('the server is not running');
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const name = `test_${databases++}`;
    await pool.query({ text: `CREATE DATABASE ${name}` });
    await pool.end();
    return url.replace('/postgres?', `/${name}?`);
  }
  async function open(t: TestContext, limits: Partial<PostgresqlOptions> = {}) {
    const database = await openPostgresql({ url: await createDatabase(), clock, ...limits });
    t.after(() => database.close());
    return database;
  }

  testDatabase('postgresql', open);
  testMigrations('postgresql', open);
  testSealing('postgresql', open);

  test('a whole store runs on a server, with its root key in the directory', async (t) => {
    const databaseUrl = await createDatabase();
    const path = temporaryFolder(t);
    const options = { path, command: 'x', migrations: itemMigrations, clock, databaseUrl };
    const first = await openStore({ ...options, migrations: [] });
    const sealed = (await first.sealing.person('ann')).seal(
      { table: 't', rowId: '1' },
      Buffer.of(7),
    );
    await first.close();
    const second = await openStore({ ...options, migrations: [] });
    t.after(() => second.close());
    const ann = await second.sealing.person('ann');
    assert.deepEqual(ann.open({ table: 't', rowId: '1' }, sealed), new Uint8Array([7]));
  });

  test('a batch without durability does not wait for the disk, and the next one does', async (t) => {
    const database = await open(t);
    const setting = { sql: "SELECT current_setting('synchronous_commit') AS s", parameters: [] };
    const [fast] = await database.write([setting], { durable: false });
    const [safe] = await database.write([setting]);
    assert.deepEqual([fast?.rows, safe?.rows], [[{ s: 'off' }], [{ s: 'on' }]]);
  });

  test('a connection that the server ends is replaced', async (t) => {
    const database = await open(t, { connectionsMax: 1 });
    const sql =
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()' +
      ' AND datname = current_database()';
    await database.write([{ sql: 'CREATE TABLE items (id TEXT)', parameters: [] }]);
    await database.write([{ sql, parameters: [] }]);
    await database.read({ sql: 'SELECT 1', parameters: [] }).catch(() => undefined);
    assert.deepEqual(await database.read({ sql: 'SELECT 1 AS one', parameters: [] }), [{ one: 1 }]);
  });
}
