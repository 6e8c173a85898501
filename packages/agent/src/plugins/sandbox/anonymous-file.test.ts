import assert from 'node:assert/strict';
import { closeSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { anonymousFile } from './anonymous-file.ts';
import { temporaryFolder } from './fixtures/enclosed.ts';

test('its text is read from the start, and its name is gone', () => {
  const folder = temporaryFolder();
  const descriptor = anonymousFile(folder, 'x', 'a\0b'.repeat(100_000));
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(readFileSync(descriptor, 'utf8').length, 300_000);
  closeSync(descriptor);
});

test('a name that is taken, or leads elsewhere, is refused', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'taken'), 'kept');
  symlinkSync(join(folder, 'taken'), join(folder, 'link'));
  for (const name of ['taken', 'link']) {
    assert.throws(() => anonymousFile(folder, name, 'x'), { code: 'EEXIST' });
  }
  assert.equal(readFileSync(join(folder, 'taken'), 'utf8'), 'kept');
});
