import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRace, postgresqlFailureOf } from './postgresql-failure.ts';

function thrown(code: string): Error {
  return Object.assign(new Error('the server says'), { code, detail: 'Key (id)=(secret)' });
}

test('states of the server become entries of the error table', () => {
  const codes = ['23505', '23503', '53100', '53300', 'XX001', '42601', 'ECONNREFUSED'].map(
    (state) => postgresqlFailureOf(thrown(state)).code,
  );
  assert.deepEqual(codes, [
    'STORE_CONFLICT',
    'STORE_CONFLICT',
    'STORE_FULL',
    'STORE_BUSY',
    'STORE_DAMAGED',
    'STORE_FAILED',
    'STORE_FAILED',
  ]);
});

test('only a lost race is worth the same batch again', () => {
  const races = ['40001', '40P01', '23505', '08006'].map((state) => isRace(thrown(state)));
  assert.deepEqual(races, [true, true, false, false]);
});

test('the detail, which quotes what was stored, is not passed on', () => {
  assert.doesNotMatch(JSON.stringify(postgresqlFailureOf(thrown('23505'))), /secret/);
});
