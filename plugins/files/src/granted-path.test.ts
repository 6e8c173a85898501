import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { grantPath, isInside } from './granted-path.ts';

const base = await realpath(await mkdtemp(join(tmpdir(), 'files-path-')));
after(() => rm(base, { recursive: true, force: true }));
const granted = join(base, 'granted');
const secret = join(base, 'granted-not', 'secret.txt');
await mkdir(join(granted, 'sub'), { recursive: true });
await mkdir(join(base, 'granted-not'));
await writeFile(secret, 'secret');
await writeFile(join(granted, 'a.txt'), 'a');
await writeFile(join(granted, 'sub', 'b.txt'), 'b');
await symlink(secret, join(granted, 'link.txt'));
await symlink(join(base, 'granted-not'), join(granted, 'linked'));
await symlink(join(granted, 'sub'), join(granted, 'inner'));
await symlink(join(base, 'nowhere', 'x'), join(granted, 'dangling'));
await symlink('loop', join(granted, 'loop'));

async function refused(path: string): Promise<void> {
  const answer = await grantPath(path, [granted]);
  assert.ok('refusal' in answer, `${path}: ${JSON.stringify(answer)}`);
  assert.ok(!answer.refusal.includes('secret.txt') || path.includes('secret.txt'));
}

test('files in the folder are granted, by relative and absolute path and through inner links', async () => {
  for (const path of ['a.txt', './sub/../a.txt', join(granted, 'a.txt')]) {
    assert.deepEqual(await grantPath(path, [granted]), {
      path: join(granted, 'a.txt'),
      shown: 'a.txt',
      exists: true,
    });
  }
  const inner = await grantPath('inner/b.txt', [granted]);
  assert.ok(!('refusal' in inner) && inner.path === join(granted, 'sub', 'b.txt'));
});

test('nothing outside is granted: parents, siblings of a like name, links, loops, null bytes', async () => {
  for (const path of [
    '..',
    '../granted-not/secret.txt',
    'sub/../../granted-not/secret.txt',
    secret,
    '/etc/passwd',
    '~/anything',
    'link.txt',
    'linked/secret.txt',
    'linked/new.txt',
    'linked/../../granted-not/secret.txt',
    'loop/x',
    'a.txt\0.png',
    '',
  ]) {
    await refused(path);
  }
});

test('a file that is not there yet may be named when its place is inside', async () => {
  const answer = await grantPath('sub/new/deep.txt', [granted]);
  assert.ok(!('refusal' in answer));
  assert.deepEqual([answer.exists, answer.shown], [false, join('sub', 'new', 'deep.txt')]);
});

test('without a granted folder nothing is granted', async () => {
  assert.ok('refusal' in (await grantPath('a.txt', [])));
  assert.ok('refusal' in (await grantPath('a.txt', [join(base, 'gone')])));
});

test('a relative path is looked for in each folder, a new one goes into the first', async () => {
  const second = join(granted, 'sub');
  const other = join(base, 'granted-not');
  const found = await grantPath('b.txt', [other, second]);
  assert.ok(!('refusal' in found) && found.path === join(second, 'b.txt'));
  const fresh = await grantPath('c.txt', [other, second]);
  assert.ok(!('refusal' in fresh) && fresh.path === join(other, 'c.txt'));
});

test('no sequence of path parts leaves the folder', async () => {
  const part = fc.constantFrom(
    '..',
    '.',
    'sub',
    'a.txt',
    'link.txt',
    'linked',
    'inner',
    'x',
    '',
    '/',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.boolean(), async (parts, absolute) => {
      const path = absolute ? `${granted}/${parts.join('/')}` : parts.join('/');
      const answer = await grantPath(path, [granted]);
      if ('refusal' in answer) return;
      assert.ok(isInside(granted, answer.path), answer.path);
      assert.equal(normalize(answer.path), answer.path);
      if (answer.exists) assert.equal(await realpath(answer.path), answer.path);
    }),
    { numRuns: 300 },
  );
});
