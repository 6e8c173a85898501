import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { createDamageList } from './damage.ts';
import { fixedClock } from './fixtures/fixed-clock.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { openStore } from './store.ts';

test('a place is new once, and only broken rows are noted from errors', async (t) => {
  const path = temporaryFolder(t);
  const store = await openStore({ path, command: 'test', migrations: [], clock: fixedClock });
  t.after(() => store.close());
  const damage = createDamageList(store.database, fixedClock.now);
  assert.equal(await damage.add('events/a', 'altered'), true);
  assert.equal(await damage.add('events/a', 'altered again'), false);
  damage.note(new AgentError('SEAL_BROKEN', { table: 'inbox', row: 'b' }));
  damage.note(new AgentError('STORE_FULL'));
  damage.note(new Error('anything'));
  await damage.add('last', 'x');
  assert.deepEqual(
    (await damage.list()).map(({ place, problem }) => [place, problem]),
    [
      ['events/a', 'altered'],
      ['inbox/b', 'the row was altered'],
      ['last', 'x'],
    ],
  );
});

test('the list has an end, and a place that damage made long is cut', async (t) => {
  const path = temporaryFolder(t);
  const store = await openStore({ path, command: 'test', migrations: [], clock: fixedClock });
  t.after(() => store.close());
  const damage = createDamageList(store.database, fixedClock.now);
  assert.equal(await damage.add('x'.repeat(5_000), 'altered'), true);
  assert.equal((await damage.list())[0]?.place.length, 200);
  const fill = `with recursive places(number) as
    (select 1 union all select number + 1 from places where number < 999)
    insert into damage select 'place ' || number, 1, 'altered' from places`;
  await store.database.write([{ sql: fill, parameters: [] }]);
  assert.equal((await damage.list()).length, 1_000);
  assert.equal(await damage.add('one more', 'altered'), false);
});
