import assert from 'node:assert/strict';
import { test } from 'node:test';
import { derivePassphraseKey, lockNewKey, unlockKey } from './passphrase.ts';

test('a lock opens with its passphrase, however its letters are composed, or the derived key', async () => {
  const derived = await derivePassphraseKey('caf\u00e9 au lait');
  const { key, lock } = lockNewKey(derived);
  assert.deepEqual(await unlockKey(lock, 'cafe\u0301 au lait', 'a'), key);
  assert.deepEqual(await unlockKey(lock, derived, 'a'), key);
  assert.notDeepEqual(lockNewKey(derived).key, key);
});

test('another passphrase, another derived key and an altered lock open nothing', async () => {
  const derived = await derivePassphraseKey('one');
  const { lock } = lockNewKey(derived);
  const refused = { code: 'BACKUP_PASSPHRASE', details: { file: 'a.backup' } };
  await assert.rejects(unlockKey(lock, 'two', 'a.backup'), refused);
  await assert.rejects(unlockKey(lock, await derivePassphraseKey('one'), 'a.backup'), refused);
  const wrapped = Buffer.from(lock.wrapped, 'base64');
  wrapped.writeUInt8(wrapped.readUInt8(20) ^ 1, 20);
  const altered = { ...lock, wrapped: wrapped.toString('base64') };
  await assert.rejects(unlockKey(altered, derived, 'a.backup'), refused);
});

test('a header cannot ask for more memory than any backup needs', async () => {
  const { lock } = lockNewKey({ salt: 'AAAA', key: Buffer.alloc(32).toString('base64') });
  for (const cost of [2 ** 30, 3, 0]) {
    await assert.rejects(unlockKey({ ...lock, cost }, 'one', 'a'), { code: 'BACKUP_DAMAGED' });
  }
});
