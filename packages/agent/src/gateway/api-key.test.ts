import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readApiKey } from './api-key.ts';

test('the key is made once, is long, and only its owner can read the file', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'api.key');
  const key = readApiKey(path);
  assert.match(key, /^oc_[\w-]{32}$/);
  assert.equal(readApiKey(path), key);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});
