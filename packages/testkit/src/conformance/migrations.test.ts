import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Migration } from '@opencomputer/contracts/internal';
import { migrationConformance } from './migrations.ts';

const make = (version: number, sql: string): Migration => ({
  component: 'eggs',
  version,
  up: () => [{ sql, parameters: [] }],
});
const sound = make(1, 'create table eggs (id text primary key, payload blob)');
const failures = async (migrations: readonly Migration[]): Promise<number> => {
  const cases = migrationConformance(migrations, ['eggs']);
  const results = await Promise.allSettled(cases.map(({ run }) => run()));
  return results.filter(({ status }) => status === 'rejected').length;
};

test('sound migrations pass', async () => {
  assert.equal(await failures([sound]), 0);
});

test('a gap, a missing table, broken SQL and a column for words are each found', async () => {
  assert.equal(await failures([{ ...sound, version: 2 }]), 1);
  assert.equal(await failures([make(1, 'create table other (id text)')]), 1);
  assert.equal(await failures([make(1, 'create tabel eggs (id text)')]), 1);
  for (const column of ['text', 'Title']) {
    assert.equal(await failures([make(1, `create table eggs (${column} text, id text)`)]), 1);
  }
});
