import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { decode, encode, isUnreadable, timeOf } from './payload.ts';

test('plain data survives', () => {
  const value = { text: 'Grüße 👋', list: [1, null, true] };
  assert.deepEqual(decode(encode(value)), value);
});

test('an identifier tells its time, and another text is refused', () => {
  assert.equal(timeOf('01a203cf-d6e9-7697-841b-82bcc8b99435'), 0x01a203cfd6e9);
  assert.throws(() => timeOf('not one'), /not an identifier/);
});

test('only a row that was altered or erased can never be read; a fault of the store passes', () => {
  const place = { table: 'inbox', row: 'r' };
  assert.ok(isUnreadable(new AgentError('SEAL_BROKEN', place)));
  assert.ok(isUnreadable(new AgentError('PERSON_ERASED', { person: 'ann' })));
  assert.ok(!isUnreadable(new AgentError('STORE_FAILED', { problem: 'disk' })));
  assert.ok(!isUnreadable(new Error('SEAL_BROKEN')));
});
