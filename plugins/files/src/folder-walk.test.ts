import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEPTH_MAX, walkFolder } from './folder-walk.ts';

const base = await mkdtemp(join(tmpdir(), 'files-walk-'));
after(() => rm(base, { recursive: true, force: true }));
for (const path of ['a.txt', 'sub/b.txt', 'sub/deep/c.txt', 'node_modules/x.js', '.git/config']) {
  await mkdir(join(base, path, '..'), { recursive: true });
  await writeFile(join(base, path), path);
}
await symlink(base, join(base, 'again'));
await symlink('/etc/hostname', join(base, 'link.txt'));
await mkdir(join(base, 'closed'));
await chmod(join(base, 'closed'), 0);

async function walked(
  entriesMax?: number,
  signal = new AbortController().signal,
): Promise<{ shown: readonly string[]; cut: boolean }> {
  const report = { cut: false };
  const limit = entriesMax === undefined ? {} : { entriesMax };
  const shown: string[] = [];
  for await (const file of walkFolder(base, { signal, report, ...limit })) shown.push(file.shown);
  return { shown, cut: report.cut };
}

test('files are found, the nearest first, without links and without what programs make', async () => {
  const { shown, cut } = await walked();
  assert.deepEqual(shown, ['a.txt', join('sub', 'b.txt'), join('sub', 'deep', 'c.txt')]);
  assert.equal(cut, false);
});

test('a walk that reaches its limit stops and says so', async () => {
  const { shown, cut } = await walked(3);
  assert.ok(shown.length <= 3);
  assert.equal(cut, true);
});

test('a cancelled walk stops', async () => {
  assert.deepEqual(await walked(undefined, AbortSignal.abort()), { shown: [], cut: true });
});

test('very deep folders end the walk and say so', async () => {
  const deep = join(base, ...Array.from({ length: DEPTH_MAX + 3 }, () => 'd'));
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'z.txt'), 'z');
  const { shown, cut } = await walked();
  assert.ok(!shown.some((each) => each.endsWith('z.txt')));
  assert.equal(cut, true);
});
