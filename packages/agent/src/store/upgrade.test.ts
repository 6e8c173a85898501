import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Migration } from '@opencomputer/contracts/internal';
import { fixedClock } from './fixtures/fixed-clock.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStore } from './store.ts';
import { snapshotsMax } from './upgrade.ts';

function step(version: number, sql: string): Migration {
  return { component: 'notes', version, up: () => [{ sql, parameters: [] }] };
}

const first = step(1, 'create table notes (id integer primary key, body text)');

async function open(path: string, migrations: Migration[], now = 0) {
  const clock = { ...fixedClock, now: () => now };
  return openStore({ path, command: 'test', migrations, clock });
}

async function filled(t: TestContext): Promise<string> {
  const path = temporaryFolder(t);
  const store = await open(path, [first]);
  const sql = "insert into notes (body) values ('kept')";
  await store.database.write([{ sql, parameters: [] }]);
  await store.close();
  return path;
}

function digest(path: string): string {
  return createHash('sha256')
    .update(readFileSync(join(path, 'store.sqlite')))
    .digest('hex');
}

function snapshots(path: string): string[] {
  const folder = join(path, 'snapshots');
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

test('a failed migration leaves the file byte for byte as it was, and a snapshot of it', async (t) => {
  const path = await filled(t);
  const before = digest(path);
  const second = step(2, 'alter table notes add column at integer');
  const third = step(3, 'insert into missing values (1)');
  await assert.rejects(open(path, [first, second, third]), { code: 'MIGRATION_FAILED' });
  assert.equal(digest(path), before);
  const [name = '', ...others] = snapshots(path);
  assert.deepEqual(others, []);
  assert.equal(
    createHash('sha256')
      .update(readFileSync(join(path, 'snapshots', name)))
      .digest('hex'),
    before,
  );
  assert.deepEqual(
    readdirSync(path).filter((file) => file.startsWith('store.sqlite')),
    ['store.sqlite'],
  );
  const store = await open(path, [first]);
  t.after(() => store.close());
  const rows = await store.database.read({ sql: 'select * from notes', parameters: [] });
  assert.deepEqual(rows, [{ id: 1, body: 'kept' }]);
});

test('a migration that succeeds keeps the data, and the last snapshots only', async (t) => {
  const path = await filled(t);
  const migrations = [first];
  for (let version = 2; version <= snapshotsMax + 3; version++) {
    migrations.push(step(version, `alter table notes add column c${version} integer`));
    const store = await open(path, migrations, version * 1000);
    const [row] = await store.database.read<{ body: string }>({
      sql: 'select * from notes',
      parameters: [],
    });
    assert.equal(row?.body, 'kept');
    assert.ok(row && `c${version}` in row);
    await store.close();
  }
  assert.equal(snapshots(path).length, snapshotsMax);
  assert.equal(snapshots(path).at(-1), 'store-1970-01-01T00-00-06-000Z.sqlite');
});

test('a store that is new or up to date is not copied', async (t) => {
  const path = await filled(t);
  await (await open(path, [first])).close();
  assert.deepEqual(snapshots(path), []);
});
