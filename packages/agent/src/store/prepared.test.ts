import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatementSource } from '@opencomputer/contracts/internal';
import { sql } from 'kysely';
import { prepare } from './prepared.ts';
import { createQuery } from './query.ts';

type Tables = { items: { id: string; size: number } };

const query = createQuery('postgresql', async () => []).$extendTables<Tables>();

test('a statement is compiled once and filled in per use', () => {
  let compiled = 0;
  const select = prepare<{ id: string; least: number }>((parameter) => {
    compiled++;
    return query
      .selectFrom('items')
      .select('id')
      .where('size', '>', parameter('least'))
      .where('id', '=', parameter('id'))
      .limit(5);
  });
  const { sql: text } = select({ id: 'a', least: 1 });
  assert.equal(text, 'select "id" from "items" where "size" > $1 and "id" = $2 limit $3');
  assert.deepEqual(select({ id: 'a', least: 1 }).parameters, [1, 'a', 5]);
  assert.deepEqual(select({ least: 9, id: 'b' }).parameters, [9, 'b', 5]);
  assert.equal(compiled, 1);
});

test('a slot used twice is filled in twice', () => {
  const insert = prepare<{ id: string; size: number }>((parameter) =>
    query
      .insertInto('items')
      .values({ id: parameter('id'), size: parameter('size') })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ size: parameter('size') })),
  );
  assert.deepEqual(insert({ id: 'a', size: 3 }).parameters, ['a', 3, 3]);
});

test('slots work in raw SQL', () => {
  const raw = prepare<{ id: string }>((parameter) => ({
    compile: () => sql`select ${parameter('id')}`.compile(query),
  }));
  assert.deepEqual(raw({ id: 'a' }), { sql: 'select $1', parameters: ['a'] });
});

test('a slot that became part of the text is refused when the statement is made', () => {
  const lost = (parameter: (name: 'id') => string): StatementSource => ({
    compile: () => ({ sql: `select '${String(parameter('id'))}'`, parameters: [] }),
  });
  assert.throws(() => prepare<{ id: string }>(lost), { code: 'STORE_FAILED' });
});
