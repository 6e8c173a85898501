import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { checkLink, checkPath, readTree, treeFingerprint } from './tree.ts';

async function folder(t: TestContext, files: Record<string, string> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tree-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

const digest = async (directory: string): Promise<string> => (await readTree(directory)).digest;

test('the digest is of names, contents and what may be run, and of nothing else', async (t) => {
  const one = await folder(t, { 'a.js': '1', 'b/c.js': '2' });
  const two = await folder(t, { 'b/c.js': '2', 'a.js': '1' });
  await utimes(join(two, 'a.js'), 1, 1);
  await mkdir(join(two, 'empty'));
  assert.equal(await digest(one), await digest(two));
  const before = await digest(two);
  await chmod(join(two, 'a.js'), 0o755);
  assert.notEqual(await digest(two), before);
  const moved = await folder(t, { 'a.js': '1', 'b/d.js': '2' });
  assert.notEqual(await digest(moved), before);
});

test('a name cannot be moved into a content without another digest', async (t) => {
  const one = await folder(t, { ab: 'c' });
  const two = await folder(t, { a: 'bc' });
  assert.notEqual(await digest(one), await digest(two));
});

test('names that collide on some systems are refused', async (t) => {
  for (const [first, second] of [
    ['Readme', 'README'],
    ['caf\u00e9', 'cafe\u0301'],
    ['stra\u00dfe', 'STRASSE'],
  ]) {
    const directory = await folder(t, { [first ?? '']: '', [second ?? '']: '' });
    await assert.rejects(readTree(directory), { code: 'PLUGIN_TREE' });
  }
});

test('odd names are refused', () => {
  const odd = [
    '../a',
    'a/../b',
    'a//b',
    'a\\b',
    'a\0b',
    'CON',
    'nul.txt',
    'a.',
    'a:b',
    'x\ny',
    '/a',
  ];
  for (const path of odd) assert.throws(() => checkPath(path), { code: 'PLUGIN_TREE' }, path);
  for (const path of ['a', '.mcp.json', 'a b/c-d_e.js', 'console', 'über.md']) checkPath(path);
});

test('a link stays within the tree', async (t) => {
  for (const [path, target] of [
    ['a', '/etc/passwd'],
    ['a', '../b'],
    ['a/b', '../../c'],
    ['a/b', 'c/../../../d'],
    // Should `a/b/up` lead to the top, this leads above it.
    ['out', 'a/b/up/..'],
    ['a', ''],
  ]) {
    assert.throws(() => checkLink(path ?? '', target ?? ''), { code: 'PLUGIN_TREE' });
  }
  checkLink('a/b', '../c');
  checkLink('a/b/up', '../..');
  checkLink('a', '..b/c');
  const directory = await folder(t, { 'a.js': '1' });
  await symlink('/etc', join(directory, 'etc'));
  await assert.rejects(readTree(directory), { code: 'PLUGIN_TREE' });
});

test('the fingerprint changes with every write, also of the same bytes', async (t) => {
  const directory = await folder(t, { 'a.js': '1' });
  const before = await treeFingerprint(directory);
  assert.equal(await treeFingerprint(directory), before);
  await writeFile(join(directory, 'a.js'), '2');
  await utimes(join(directory, 'a.js'), 1, 1);
  assert.notEqual(await treeFingerprint(directory), before);
});
