import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileDigest } from './file-digest.ts';

it('is the digest of the content, in the form that is asked for', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'file-digest-'));
  try {
    const file = join(directory, 'abc');
    await writeFile(file, 'abc');
    // FIPS 180-4, the example of one block.
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(await fileDigest(file), sha256);
    const base64 = Buffer.from(sha256, 'hex').toString('base64url');
    assert.equal(await fileDigest(file, { encoding: 'base64url' }), base64);
    assert.equal((await fileDigest(file, { algorithm: 'sha512' })).slice(0, 8), 'ddaf35a1');
  } finally {
    await rm(directory, { recursive: true });
  }
});
