import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './fixtures/enclosed.ts';
import { kernelFile } from './kernel-file.ts';

test('a file is its text; what is missing, or no file, is empty', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), 'text\n');
  assert.equal(kernelFile(join(folder, 'file')), 'text\n');
  assert.equal(kernelFile(join(folder, 'missing')), '');
  assert.equal(kernelFile(folder), '');
});
