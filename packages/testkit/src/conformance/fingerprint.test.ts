import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprint } from './fingerprint.ts';

test('a new file and a longer one show, what build tools keep does not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'deep'));
  mkdirSync(join(folder, 'target'));
  writeFileSync(join(folder, 'deep', 'a'), '1');
  const before = await fingerprint(folder);
  assert.deepEqual(Object.keys(before), ['deep/a']);
  writeFileSync(join(folder, 'target', 'b'), '1');
  assert.deepEqual(await fingerprint(folder), before);
  writeFileSync(join(folder, 'deep', 'a'), '12');
  assert.notDeepEqual(await fingerprint(folder), before);
  writeFileSync(join(folder, 'c'), '');
  assert.deepEqual(Object.keys(await fingerprint(folder)).toSorted(), ['c', 'deep/a']);
});
