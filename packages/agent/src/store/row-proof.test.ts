import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createRowProofs } from './row-proof.ts';

const key = createSecretKey(randomBytes(32));
const table = { table: 'notes', columns: ['id', 'person', 'at', 'turn'] };
const row = { id: 'a', person: 'ada', at: 5, turn: null, payload: randomBytes(60) };

function proven(columns: Record<string, unknown> = {}) {
  const proofs = createRowProofs(table, key);
  const whole = { ...row, ...columns };
  return { proofs, whole: { ...whole, proof: proofs.prove(whole) } };
}

test('a row that was not touched passes, also behind its place in a chain', () => {
  const { proofs, whole } = proven();
  proofs.check(whole);
  proofs.check({ ...whole, proof: Buffer.concat([randomBytes(24), whole.proof]) });
  proofs.check({ ...whole, at: 5n });
});

test('a change of any covered column, of the payload or of the proof names table and row', () => {
  const { proofs, whole } = proven();
  const payload = Buffer.from(row.payload);
  payload.writeUInt8(payload.readUInt8(59) ^ 1, 59);
  const changes = [
    { person: 'bob' },
    { at: 4 },
    { turn: '' },
    { payload },
    { proof: null },
    { proof: whole.proof.subarray(1) },
  ];
  for (const change of changes) {
    assert.throws(
      () => proofs.check({ ...whole, ...change }),
      { code: 'SEAL_BROKEN', details: { table: 'notes', row: 'a' } },
      JSON.stringify(change),
    );
  }
});

test('moving a character from one column to the next is a change', () => {
  const { proofs } = proven();
  assert.notDeepEqual(
    proofs.prove({ ...row, id: 'ab', person: 'c' }),
    proofs.prove({ ...row, id: 'a', person: 'bc' }),
  );
});

test('a proof counts under its own key only', () => {
  const { whole } = proven();
  const other = createRowProofs(table, createSecretKey(randomBytes(32)));
  assert.throws(() => other.check(whole), { code: 'SEAL_BROKEN' });
});
