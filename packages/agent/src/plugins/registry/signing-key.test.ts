import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import {
  createSigningKey,
  isPublicKey,
  isSignedBy,
  keyIdOf,
  readSigningKey,
} from './signing-key.ts';

const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_SIGNATURE');
const bytes = Buffer.from('words');

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'signing-key-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'key.json');
}

test('a key is kept for its owner alone, and signs the same after it is read', async (t) => {
  const file = place(t);
  const made = await createSigningKey(file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const read = await readSigningKey(file);
  assert.equal(read.publicKey, made.publicKey);
  assert.equal(read.id, keyIdOf(made.publicKey));
  assert.ok(isSignedBy(made.publicKey, bytes, read.sign(bytes)));
  assert.ok(!isSignedBy(made.publicKey, Buffer.from('other'), read.sign(bytes)));
  await assert.rejects(createSigningKey(file), refused);
});

test('with a passphrase the file alone is of no use', async (t) => {
  const file = place(t);
  const made = await createSigningKey(file, 'correct horse');
  assert.ok(!readFileSync(file, 'utf8').includes('"secret"'));
  assert.equal((await readSigningKey(file, 'correct horse')).id, made.id);
  await assert.rejects(readSigningKey(file), /--passphrase-file/);
  await assert.rejects(readSigningKey(file, 'wrong horse'), /passphrase is wrong/);
});

test('a file that others may read, that is damaged, or that names another key is refused', async (t) => {
  const file = place(t);
  await createSigningKey(file);
  const content = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  chmodSync(file, 0o644);
  await assert.rejects(readSigningKey(file), /others may read it/);
  chmodSync(file, 0o600);
  const other = await createSigningKey(`${file}.other`);
  for (const change of [{ publicKey: other.publicKey }, { secret: 'AAAA' }, { type: 'x' }]) {
    writeFileSync(file, JSON.stringify({ ...content, ...change }));
    await assert.rejects(readSigningKey(file), refused);
  }
  writeFileSync(file, 'x');
  await assert.rejects(readSigningKey(file), refused);
  await assert.rejects(readSigningKey(`${file}.none`), refused);
});

test('a public key has one spelling', () => {
  const good = `ed25519:${Buffer.alloc(32, 1).toString('base64url')}`;
  assert.ok(isPublicKey(good));
  // The last character holds two bits that decoders ignore.
  assert.ok(!isPublicKey(`${good.slice(0, -1)}F`));
  assert.ok(!isPublicKey(good.replace('ed25519', 'rsa')));
  assert.throws(() => keyIdOf('ed25519:x'), refused);
  assert.ok(!isSignedBy(good, bytes, Buffer.alloc(64)));
  assert.ok(!isSignedBy(good, bytes, Buffer.alloc(63)));
});
