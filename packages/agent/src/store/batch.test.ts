import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindBatch, bindParameters } from './batch.ts';

function bind(...parameters: unknown[]): unknown[] {
  return bindParameters({ sql: 'SELECT 1', parameters });
}

test('what a column can hold passes unchanged', () => {
  const values = [null, 'text', '', 0, -1.5, 2n ** 62n, new Uint8Array([1])];
  assert.deepStrictEqual(bind(...values), values);
});

test('bytes that show part of a larger buffer are copied, others are not', () => {
  const whole = new Uint8Array([1, 2, 3]);
  const [kept, copied] = bind(whole, whole.subarray(1));
  assert.equal(kept, whole);
  assert.deepStrictEqual(copied, new Uint8Array([2, 3]));
  assert.equal((copied as Uint8Array).buffer.byteLength, 2);
});

test('what one of the databases would store differently is refused', () => {
  for (const value of [true, undefined, Infinity, new Date(0), {}, [], Symbol('x'), () => 1]) {
    assert.throws(() => bind(value), { code: 'STORE_FAILED' });
  }
});

test('an error names the kind of a value, never the value', () => {
  assert.throws(
    () => bind({ secret: 'hunter2' }),
    (error: Error) => !error.message.includes('hunter2'),
  );
});

test('the bytes of a batch are those of all its parameters', () => {
  const statement = { sql: 'INSERT', parameters: ['abc', new Uint8Array(100), 1, null] };
  assert.equal(bindBatch([statement, statement]).bytes, 2 * (3 + 100 + 8 + 8));
});

test('statements that would end, leave or reconfigure the transaction have no place in a batch', () => {
  for (const sql of [
    'COMMIT',
    'begin',
    'ATTACH x AS y',
    'VACUUM',
    'PRAGMA x',
    'SET x = 1',
    '',
    '-- x',
  ]) {
    assert.throws(() => bindBatch([{ sql, parameters: [] }]), { code: 'STORE_FAILED' });
  }
});
