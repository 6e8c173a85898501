import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { walkFolder } from './folder-walk.ts';
import { grantPath } from './granted-path.ts';
import { isWithheld } from './withheld.ts';

const home = await realpath(await mkdtemp(join(tmpdir(), 'files-withheld-')));
after(() => rm(home, { recursive: true, force: true }));
const data = join(home, '.local', 'share', 'somewhere');
await mkdir(join(data, 'plugins'), { recursive: true });
await mkdir(join(home, '.ssh'));
for (const file of ['root.key', 'store.sqlite', 'api.key', 'plugins/x']) {
  await writeFile(join(data, file), 'key');
}
await writeFile(join(home, '.ssh', 'id_ed25519'), 'key');
await writeFile(join(home, 'letter.txt'), 'hello');
await symlink(join(data, 'root.key'), join(home, 'innocent.txt'));

test('keys are withheld although their folder was granted, also through a link', async () => {
  const paths = ['.ssh/id_ed25519', '.ssh', 'innocent.txt', join(data, 'root.key')];
  for (const path of [...paths, join(data, 'api.key'), join(data, 'plugins', 'x'), data]) {
    const answer = await grantPath(path, [home]);
    assert.ok('refusal' in answer, path);
  }
  assert.ok(!('refusal' in (await grantPath('letter.txt', [home]))));
});

test('a granted folder that is the data directory, or lies in it, gives nothing', async () => {
  assert.ok(await isWithheld(data, join(data, 'root.key')));
  const answer = await grantPath('x', [join(data, 'plugins')]);
  assert.ok('refusal' in answer);
});

test('a search does not walk into places that hold keys', async () => {
  const shown: string[] = [];
  const signal = new AbortController().signal;
  for await (const file of walkFolder(home, { signal, report: { cut: false } })) {
    shown.push(file.shown);
  }
  assert.deepEqual(shown, ['letter.txt']);
});
