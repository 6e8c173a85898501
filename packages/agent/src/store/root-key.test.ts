import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { fileRootKey } from './root-key.ts';

const plain = new Uint8Array(32).fill(5);

async function prepared(path: string, mayCreate = true) {
  const rootKey = fileRootKey(path);
  await rootKey.prepare(mayCreate);
  return rootKey;
}

test('the key is made at the first start, closed to others, and kept', async (t) => {
  const path = join(temporaryFolder(t), 'root.key');
  const wrapped = await (await prepared(path)).wrap('person:a', plain);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const text = readFileSync(path, 'utf8');
  const again = await prepared(path, false);
  assert.deepEqual(
    Buffer.from((await again.unwrap('person:a', wrapped)) ?? []),
    Buffer.from(plain),
  );
  await prepared(path, true);
  assert.equal(readFileSync(path, 'utf8'), text, 'an existing key is never replaced');
});

test('what was wrapped opens for its own context only, and not when a bit of it changed', async (t) => {
  const rootKey = await prepared(join(temporaryFolder(t), 'root.key'));
  const wrapped = await rootKey.wrap('person:a', plain);
  assert.equal(await rootKey.unwrap('person:b', wrapped), undefined);
  for (let index = 0; index < wrapped.length; index++) {
    const altered = new Uint8Array(wrapped);
    altered[index] = (altered[index] ?? 0) ^ 1;
    assert.equal(await rootKey.unwrap('person:a', altered), undefined, `byte ${index}`);
  }
  assert.equal(await rootKey.unwrap('person:a', new Uint8Array()), undefined);
  assert.equal(await rootKey.unwrap('person:a', wrapped.subarray(0, 28)), undefined);
});

test('another installation’s key does not open it', async (t) => {
  const folder = temporaryFolder(t);
  const wrapped = await (await prepared(join(folder, 'one.key'))).wrap('person:a', plain);
  assert.equal(
    await (await prepared(join(folder, 'two.key'))).unwrap('person:a', wrapped),
    undefined,
  );
});

test('where data were sealed before, a missing key is an error and none is made', async (t) => {
  const path = join(temporaryFolder(t), 'root.key');
  await assert.rejects(prepared(path, false), { code: 'ROOT_KEY_WRONG', message: /missing/ });
  assert.throws(() => statSync(path), { code: 'ENOENT' });
});

test('a file that is not a root key is refused and kept', async (t) => {
  const path = join(temporaryFolder(t), 'root.key');
  for (const text of ['', 'letter', 'opencomputer-root-key-1:dG9vIHNob3J0', 'x'.repeat(68)]) {
    writeFileSync(path, text);
    await assert.rejects(prepared(path), { code: 'ROOT_KEY_WRONG' });
    assert.equal(readFileSync(path, 'utf8'), text);
  }
});

test('a key that was not prepared wraps nothing', async (t) => {
  const rootKey = fileRootKey(join(temporaryFolder(t), 'root.key'));
  await assert.rejects(rootKey.wrap('person:a', plain), { code: 'ROOT_KEY_WRONG' });
});
