import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { apiSnapshot, referencePages, stalePages } from './reference.ts';

const folder = mkdtempSync(join(tmpdir(), 'reference-'));
after(() => rmSync(folder, { recursive: true }));

test('the snapshot holds each reachable module once, by path, and no other', () => {
  mkdirSync(join(folder, 'inner'));
  writeFileSync(join(folder, 'index.d.ts'), `export type { B } from './inner/b.ts';\n`);
  writeFileSync(join(folder, 'inner/b.d.ts'), `import { A } from '../a.ts';\nexport type B = A;\n`);
  writeFileSync(join(folder, 'a.d.ts'), `export type A = import("./index.ts").B;\n`);
  writeFileSync(join(folder, 'unrelated.d.ts'), `export type C = 1;\n`);
  const snapshot = apiSnapshot(join(folder, 'index.d.ts'));
  assert.deepEqual(snapshot.match(/^\/\/ .*$/gm), [
    '// a.d.ts',
    '// index.d.ts',
    '// inner/b.d.ts',
  ]);
  assert.doesNotMatch(snapshot, /C = 1/);
});

test('a page is stale when it is missing or differs', () => {
  const pages = new Map([
    ['same.md', 'x'],
    ['differs.md', 'y'],
    ['missing.md', 'z'],
  ]);
  writeFileSync(join(folder, 'same.md'), 'x');
  writeFileSync(join(folder, 'differs.md'), 'old');
  assert.deepEqual(stalePages(pages, folder), ['differs.md', 'missing.md']);
});

test('the pages list every error once and describe the manifest as JSON Schema 2020-12', () => {
  const pages = referencePages(folder);
  assert.match(pages.get('errors.md') ?? '', /^\| `INPUT_TOO_LARGE` \| .*bytesMax/m);
  const schema = JSON.parse(pages.get('manifest.schema.json') ?? '') as Record<string, unknown>;
  assert.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
});
