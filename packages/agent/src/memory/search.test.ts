import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchStatement } from './search.ts';

test('only keyed hashes become part of a query expression', () => {
  for (const stem of ['abc', 'DEADBEEFDEADBEEF', '0123456789abcdef" OR x']) {
    assert.throws(
      () => searchStatement({ dialect: 'sqlite' }, { person: 'p', stems: [stem], limit: 1 }),
      { code: 'INTERNAL' },
    );
  }
  const search = { person: 'p', stems: ['0123456789abcdef'], limit: 1 };
  assert.match(searchStatement({ dialect: 'postgresql' }, search).sql, /to_tsquery/);
});
