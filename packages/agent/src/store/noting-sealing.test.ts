import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { noteMigrations as migrations, notesProven } from './fixtures/fault-process.ts';
import { fixedClock as clock } from './fixtures/fixed-clock.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStore } from './store.ts';

const options = { command: 'test', migrations, clock };

test('damage that a read meets is in the list, and the next check names it, also without finding it', async (t) => {
  const path = temporaryFolder(t);
  const store = await openStore({ path, ...options });
  const { sealing } = store;
  const seal = await sealing.person('anna');
  assert.equal(await sealing.person('anna'), seal);
  const place = { table: 'notes', rowId: 'a' };
  const sealed = seal.seal(place, Buffer.from('secret words'));
  assert.equal(Buffer.from(seal.open(place, sealed)).toString(), 'secret words');
  assert.throws(() => seal.open({ ...place, rowId: 'b' }, sealed), { code: 'SEAL_BROKEN' });
  const row = { id: 'c', payload: sealed, proof: null };
  assert.throws(() => sealing.rows(notesProven).check(row), { code: 'SEAL_BROKEN' });
  const told: unknown[] = [];
  const broken = new AgentError('SEAL_BROKEN', { table: 'events', row: 'd' });
  store.noting((error) => told.push(error))(broken, 'turn');
  assert.deepEqual(told, [broken]);
  const expected = ['notes/b', 'notes/c', 'events/d'].map(
    (each) => `${each}: the row was altered, as was noted earlier`,
  );
  assert.deepEqual((await store.check()).problems.toSorted(), expected.toSorted());
  await store.close();
  const again = await openStore({ path, ...options });
  t.after(() => again.close());
  assert.deepEqual((await again.check()).problems.toSorted(), expected.toSorted());
});

test('a key of a person that does not open is noted', async (t) => {
  const path = temporaryFolder(t);
  const first = await openStore({ path, ...options });
  await first.sealing.person('anna');
  await first.close();
  const file = new DatabaseSync(join(path, 'store.sqlite'));
  file.exec("update person_keys set wrapped = zeroblob(61) where person_id = 'anna'");
  file.close();
  const store = await openStore({ path, ...options });
  t.after(() => store.close());
  await assert.rejects(store.sealing.person('anna'), { code: 'SEAL_BROKEN' });
  assert.deepEqual((await store.check()).problems, [
    'person_keys/anna: the row was altered, as was noted earlier',
  ]);
});
