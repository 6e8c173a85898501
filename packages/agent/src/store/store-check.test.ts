import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { noteMigrations, notesProven } from './fixtures/fault-process.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

const damagedSql = "update notes set id = 'b' where id = 'a'";

async function damagedStore(t: TestContext): Promise<() => Promise<Store>> {
  const path = temporaryFolder(t);
  const clock = createFakeClock();
  const proven = [notesProven];
  const open = () =>
    openStore({ path, command: 'test', migrations: noteMigrations, proven, clock });
  const store = await open();
  const payload = Buffer.from('x');
  const proof = store.sealing.rows(notesProven).prove({ id: 'a', payload });
  const sql = "insert into notes values ('a', ?, chain_row('notes', ?))";
  await store.database.write([{ sql, parameters: [payload, proof] }]);
  await store.close();
  const file = new DatabaseSync(join(path, 'store.sqlite'));
  file.exec(damagedSql);
  file.close();
  return open;
}

test('a check names what is damaged by table and row, every time it is asked', async (t) => {
  const store = await (await damagedStore(t))();
  t.after(() => store.close());
  for (let count = 0; count < 2; count++) {
    const { pages, problems } = await store.check();
    assert.ok(pages > 1);
    assert.deepEqual(problems, ['notes/b: the row was altered']);
  }
});

test('a store that is watched tells of a damaged row once in its life', async (t) => {
  const path = temporaryFolder(t);
  const told: string[] = [];
  for (let count = 0; count < 2; count++) {
    const waits = new EventEmitter();
    const fake = createFakeClock();
    const clock = {
      ...fake,
      after: (delayMs: number, run: () => void) => {
        queueMicrotask(() => waits.emit('rest', delayMs));
        return fake.after(delayMs, run);
      },
    };
    const sealed = [{ table: 'notes', columns: ['id'] }];
    const tables = { migrations: noteMigrations, proven: [notesProven], sealed };
    const store = await openStore({ path, command: 'test', clock, ...tables });
    if (count === 0) {
      const sql = "insert into notes values ('a', x'00', null)";
      await store.database.write([{ sql, parameters: [] }]);
    }
    await store.watch((error) => told.push(String(error)));
    const rested = once(waits, 'rest');
    fake.forward(fake.waits[0] ?? 0);
    await rested;
    await store.close();
  }
  assert.deepEqual(told, ['Error: notes/a: the row was altered']);
});
