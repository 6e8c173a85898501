import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { outboxProven } from './channels/index.ts';
import { systemClock } from './clock.ts';
import { finishRestore, kept, openKept, repairDatabase } from './maintenance.ts';
import { openStore } from './store/index.ts';

test('a store of all components is sound when it is new, and after a repair', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'maintenance-'));
  t.after(() => rmSync(path, { recursive: true }));
  const options = { path, command: 'test', clock: systemClock, ...kept };
  await (await openStore(options)).close();
  const before = await openStore(options);
  const { database, sealing } = before;
  const row = { id: 'r', channel: 'c', person: 'p', conversation: 'v', turn: null, at: 1 };
  const payload = (await sealing.person('p')).seal({ table: 'outbox', rowId: 'r' }, Buffer.of());
  const proof = sealing.rows(outboxProven).prove({ ...row, payload });
  await database.write([
    {
      sql: `insert into outbox values
        ('r', 'c', 'p', 'v', null, 1, 'pendiog', 0, ?, chain_row('outbox', ?))`,
      parameters: [payload, proof],
    },
    { sql: "insert into memory_index values ('of nobody', 'p', 'stem')", parameters: [] },
  ]);
  assert.deepEqual((await before.check()).problems, ['outbox/r: its state is none that there is']);
  await before.close();
  const { tables } = await repairDatabase(path);
  const became = (name: string) => tables.find(({ table }) => table === name);
  assert.deepEqual(became('outbox'), { table: 'outbox', kept: 1, lost: 0, mended: 1 });
  assert.deepEqual(became('memory_index'), { table: 'memory_index', kept: 0, lost: 0 });
  const names = tables.map(({ table }) => table);
  for (const name of ['inbox', 'outbox', 'events', 'timers', 'memory_items', 'memory_index']) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(tables.every(({ lost }) => lost === 0));
  const store = await openStore(options);
  t.after(() => store.close());
  assert.deepEqual((await store.check()).problems, []);
});

test('an interrupted restore is completed before the store is opened, and told of', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'maintenance-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'data');
  const options = { path, command: 'test', clock: systemClock };
  const store = await openStore({ ...options, path: `${path}.restoring`, ...kept });
  await store.sealing.person('restored');
  await store.close();
  const mark = JSON.stringify({ createdAt: 0, restoredAt: 1 });
  writeFileSync(join(`${path}.restoring`, 'restored.json'), mark);
  const reports: string[] = [];
  const opened = await openKept(options, (error) => reports.push(String(error)));
  t.after(() => opened.close());
  const sql = "select 1 from person_keys where person_id = 'restored'";
  assert.equal((await opened.database.read({ sql, parameters: [] })).length, 1);
  assert.deepEqual(reports, [
    'Error: A restore of the backup of 1970-01-01T00:00:00.000Z was interrupted and has been completed.',
  ]);
  assert.equal(await finishRestore(path), undefined);
  mkdirSync(`${path}.restoring`);
  writeFileSync(join(`${path}.restoring`, 'restored.json'), mark);
  assert.match((await finishRestore(path)) ?? '', /did not take place/);
  assert.deepEqual(readdirSync(folder), ['data']);
});
