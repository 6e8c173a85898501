import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Clock } from '@opencomputer/contracts';
import type { Migration } from '@opencomputer/contracts/internal';
import { makeCheckEndless } from './fixtures/endless-check.ts';
import { runStoreProcess } from './fixtures/run-store-process.ts';
import { itemMigrations } from './fixtures/store-process.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

const clock: Clock = { now: () => 1, monotonic: () => 1, after: () => () => {} };

async function open(
  t: TestContext,
  path: string,
  migrations: readonly Migration[] = itemMigrations,
) {
  const store = await openStore({ path, command: 'agent test', migrations, clock });
  t.after(() => store.close());
  return store;
}

function insert(batch: number, body: Uint8Array) {
  return { sql: 'INSERT INTO items VALUES (?, 0, ?)', parameters: [batch, body] };
}

async function bodyOf(store: Store, batch: number): Promise<Uint8Array> {
  const sql = `SELECT body FROM items WHERE batch = ${batch}`;
  const [row] = await store.database.read<{ body: Uint8Array }>({ sql, parameters: [] });
  return row?.body ?? assert.fail('no such row');
}

function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
}

test('a store keeps sealed payloads over a restart', async (t) => {
  const path = temporaryFolder(t);
  const text = Buffer.from('remind me to call Bob');
  const place = { table: 'items', rowId: '1' };
  const first = await open(t, path);
  await first.database.write([insert(1, (await first.sealing.person('ann')).seal(place, text))]);
  await first.close();
  const second = await open(t, path);
  const ann = await second.sealing.person('ann');
  assert.deepEqual(Buffer.from(ann.open(place, await bodyOf(second, 1))), text);
});

test('sealed words are nowhere in the directory, not while it is open and not after', async (t) => {
  const path = temporaryFolder(t);
  const canary = 'canary-4f1d-pelican';
  const store = await open(t, path);
  const ann = await store.sealing.person('ann');
  for (let batch = 0; batch < 50; batch++) {
    const place = { table: 'items', rowId: `${batch}` };
    const text = `${batch} ${canary} `.repeat(20);
    const stems = Buffer.from(ann.stems(text).join(' '));
    const sealed = ann.seal(place, Buffer.from(text));
    await store.database.write([insert(batch, sealed), insert(1000 + batch, stems)]);
  }
  assert.ok(readdirSync(path).includes('store.sqlite-wal'), 'the log is looked at too');
  assert.deepEqual(filesHolding(path, canary), []);
  assert.deepEqual(filesHolding(path, 'pelican'), []);
  await store.database.write([insert(9999, Buffer.from(canary))]);
  assert.deepEqual(filesHolding(path, canary), ['store.sqlite-wal'], 'the search itself works');
});

test('a bit that flips in the file is found when the payload is opened', async (t) => {
  const path = temporaryFolder(t);
  const place = { table: 'items', rowId: '1' };
  const first = await open(t, path);
  const sealed = (await first.sealing.person('ann')).seal(place, Buffer.alloc(500));
  await first.database.write([insert(1, sealed)]);
  await first.close();
  const file = join(path, 'store.sqlite');
  const bytes = readFileSync(file);
  const offset = bytes.indexOf(sealed.subarray(100, 200));
  bytes[offset] = (bytes[offset] ?? 0) ^ 4;
  writeFileSync(file, bytes);
  const second = await open(t, path);
  const ann = await second.sealing.person('ann');
  const body = await bodyOf(second, 1);
  assert.throws(() => ann.open(place, body), {
    code: 'SEAL_BROKEN',
    details: { table: 'items', row: '1' },
  });
});

test('an erased key is gone from the directory, also from the log', async (t) => {
  const path = temporaryFolder(t);
  const store = await open(t, path);
  await store.sealing.person('ann');
  const sql = "SELECT wrapped FROM person_keys WHERE person_id = 'ann'";
  const [row] = await store.database.read<{ wrapped: Uint8Array }>({ sql, parameters: [] });
  const key = Buffer.from(row?.wrapped ?? assert.fail('no key')).toString('latin1');
  const holders = () =>
    readdirSync(path).filter((name) => readFileSync(join(path, name), 'latin1').includes(key));
  assert.notDeepEqual(holders(), []);
  await store.sealing.erase('ann');
  assert.deepEqual(holders(), []);
});

test('the root key and every other file are closed to others', async (t) => {
  const path = join(temporaryFolder(t), 'data');
  await open(t, path);
  const modes = readdirSync(path).map((name) => [name, statSync(join(path, name)).mode & 0o777]);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  assert.deepEqual(Object.fromEntries(modes), {
    'installation.key': 0o600,
    'owner.json': 0o600,
    'owner.lock': 0o600,
    'root.key': 0o600,
    'store.sqlite': 0o600,
    'store.sqlite-shm': 0o600,
    'store.sqlite-wal': 0o600,
  });
});

test('a second process is told who holds the directory, and gets it after kill -9', async (t) => {
  const path = temporaryFolder(t);
  const holder = runStoreProcess(t, { path });
  assert.equal((await holder.lines.next()).value, 'open');
  await assert.rejects(open(t, path), {
    code: 'STORE_LOCKED',
    message: new RegExp(`in use by process ${holder.child.pid} \\(test hold\\) on .* since 20`),
  });
  await holder.kill();
  await open(t, path);
});

test('what fails on the way up lets go of the directory', async (t) => {
  const path = temporaryFolder(t);
  await (await open(t, path)).close();
  const file = join(path, 'store.sqlite');
  const whole = readFileSync(file);
  truncateSync(file, 5000);
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(open(t, path), { code: 'STORE_DAMAGED', message: /store\.sqlite/ });
  }
  assert.equal(statSync(file).size, 5000);
  writeFileSync(file, whole);
  const broken = { component: 'x', version: 1, up: () => [{ sql: 'CREATE', parameters: [] }] };
  await assert.rejects(open(t, path, [...itemMigrations, broken]), { code: 'MIGRATION_FAILED' });
  await assert.rejects(open(t, path, []), { code: 'STORE_NEWER' });
  await open(t, path);
});

/** Kills at a different moment each round; every round starts on what the last one left. */
const killRounds = 4;

test('kill -9 in the middle of writing loses no acknowledged batch and halves none', async (t) => {
  const path = temporaryFolder(t);
  const acknowledged = new Set<number>();
  let next = 1;
  for (let round = 0; round < killRounds; round++) {
    const writer = runStoreProcess(t, { path, task: 'write', first: next });
    assert.equal((await writer.lines.next()).value, 'open');
    const lines: string[] = [];
    for (let count = 0; count < 20 + round * 37; count++) {
      lines.push(String((await writer.lines.next()).value));
    }
    lines.push(...(await writer.kill()));
    for (const line of lines) acknowledged.add(Number(line));
    const store = await open(t, path);
    const sql = 'SELECT batch, count(*) AS parts FROM items GROUP BY batch';
    const rows = await store.database.read<{ batch: number; parts: number }>({
      sql,
      parameters: [],
    });
    const kept = new Set(rows.map(({ batch }) => batch));
    assert.deepEqual(
      rows.filter(({ parts }) => parts !== 3),
      [],
      'no partial batch',
    );
    assert.deepEqual(
      [...acknowledged].filter((batch) => !kept.has(batch)),
      [],
      'none lost',
    );
    await store.close();
    next = Math.max(...kept, ...acknowledged) + 1;
  }
  assert.ok(acknowledged.size >= 20 * killRounds, `${acknowledged.size} acknowledged`);
});

test(
  'closing does not wait for a check of the pages, slow or asked for',
  { timeout: 60_000 },
  async (t) => {
    const path = temporaryFolder(t);
    const work: (() => void)[] = [];
    const after = (_: number, run: () => void) => {
      work.push(run);
      return () => undefined;
    };
    const slow: Clock = { now: () => 1, monotonic: () => 1, after };
    const store = await openStore({
      path,
      command: 'agent test',
      migrations: itemMigrations,
      clock: slow,
    });
    makeCheckEndless(join(path, 'store.sqlite'));
    const told: unknown[] = [];
    await store.watch((error) => told.push(error));
    work.shift()?.();
    const asked = assert.rejects(store.check(), { code: 'STORE_FAILED' });
    const children = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap');
    while (children().length < 2) await new Promise(setImmediate);
    await store.close();
    await asked;
    assert.deepEqual(told, []);
  },
);
