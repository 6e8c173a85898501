import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Statement } from '@opencomputer/contracts/internal';
import { createQuery } from './query.ts';

type Tables = { items: { id: string } };

test('each kind of database gets its own placeholders', () => {
  const texts = (['sqlite', 'postgresql'] as const).map((dialect) => {
    const query = createQuery(dialect, async () => []).$extendTables<Tables>();
    return query.selectFrom('items').select('id').where('id', '=', 'a').compile().sql;
  });
  assert.deepEqual(texts, [
    'select "id" from "items" where "id" = ?',
    'select "id" from "items" where "id" = $1',
  ]);
});

test('executing runs one read with the compiled statement and gives its rows', async () => {
  const seen: Statement[] = [];
  const query = createQuery('sqlite', async (statement) => {
    seen.push(statement);
    return [{ id: 'a' }];
  }).$extendTables<Tables>();
  assert.deepEqual(await query.selectFrom('items').selectAll().execute(), [{ id: 'a' }]);
  assert.deepEqual(
    seen.map(({ sql, parameters }) => [sql, parameters]),
    [['select * from "items"', []]],
  );
});

test('transactions and streams are refused', async () => {
  const query = createQuery('sqlite', async () => []).$extendTables<Tables>();
  await assert.rejects(
    query.transaction().execute(async () => {}),
    { code: 'STORE_FAILED' },
  );
  const stream = query.selectFrom('items').selectAll().stream();
  await assert.rejects(Array.fromAsync(stream), { code: 'STORE_FAILED' });
});
