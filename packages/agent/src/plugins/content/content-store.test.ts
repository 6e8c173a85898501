import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createContentStore } from './content-store.ts';

async function places(t: TestContext): Promise<{ root: string; source: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'content-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const source = join(directory, 'source');
  await mkdir(join(source, 'lib'), { recursive: true });
  await writeFile(join(source, 'handler.js'), 'one');
  await writeFile(join(source, 'lib/run'), 'two', { mode: 0o755 });
  await symlink('lib/run', join(source, 'run'));
  return { root: join(directory, 'store'), source };
}

test('a tree is kept read-only under its digest, once', async (t) => {
  const { root, source } = await places(t);
  const store = createContentStore(root);
  const first = await store.add(source);
  const second = await store.add(source);
  assert.equal(second.digest, first.digest);
  assert.deepEqual(await readdir(root), [first.digest]);
  assert.equal(await readFile(join(first.directory, 'run'), 'utf8'), 'two');
  assert.equal((await stat(join(first.directory, 'handler.js'))).mode & 0o777, 0o444);
  assert.equal((await stat(join(first.directory, 'lib/run'))).mode & 0o777, 0o555);
});

test('a later change of the source does not reach the store', async (t) => {
  const { root, source } = await places(t);
  const store = createContentStore(root);
  const first = await store.add(source);
  await writeFile(join(source, 'handler.js'), 'changed');
  const second = await store.add(source);
  assert.notEqual(second.digest, first.digest);
  assert.equal(await readFile(join(first.directory, 'handler.js'), 'utf8'), 'one');
});

test('a tree that was altered is not opened, by this process or the next', async (t) => {
  const { root, source } = await places(t);
  const store = createContentStore(root);
  const { digest, directory } = await store.add(source);
  assert.equal(await store.open(digest, 'probe'), directory);
  const file = join(directory, 'handler.js');
  await chmod(file, 0o644);
  await writeFile(file, 'eno');
  await assert.rejects(store.open(digest, 'probe'), { code: 'PLUGIN_ALTERED' });
  await assert.rejects(createContentStore(root).open(digest, 'probe'), { code: 'PLUGIN_ALTERED' });
  assert.equal(await store.verify(digest), false);
});

test('an added, a removed and an unknown tree are not opened', async (t) => {
  const { root, source } = await places(t);
  const store = createContentStore(root);
  const { digest, directory } = await store.add(source);
  await writeFile(join(directory, 'extra.js'), '');
  await assert.rejects(store.open(digest, 'probe'), { code: 'PLUGIN_ALTERED' });
  await rm(directory, { recursive: true });
  await assert.rejects(store.open(digest, 'probe'), { code: 'PLUGIN_ALTERED' });
});

test('a tree that was altered is mended by adding it again', async (t) => {
  const { root, source } = await places(t);
  const store = createContentStore(root);
  const { digest, directory } = await store.add(source);
  await rm(join(directory, 'handler.js'), { force: true });
  await store.add(source);
  assert.equal(await store.verify(digest), true);
});

test('what a refused or interrupted copy left is removed with trees that nobody needs', async (t) => {
  const { root, source } = await places(t);
  const store = createContentStore(root);
  const { digest } = await store.add(source);
  await symlink('/etc', join(source, 'out'));
  await assert.rejects(store.add(source), { code: 'PLUGIN_TREE' });
  assert.deepEqual(await readdir(root), [digest]);
  await mkdir(join(root, 'partial-left'));
  await writeFile(join(root, 'note.txt'), 'not ours');
  assert.equal(await store.keepOnly(new Set([digest])), 1);
  assert.equal(await store.keepOnly(new Set()), 1);
  assert.deepEqual(await readdir(root), ['note.txt']);
});
