import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { decodeText, readText } from './text-file.ts';
import type { TextFile } from './text-file.ts';

const base = await realpath(await mkdtemp(join(tmpdir(), 'files-text-')));
after(() => rm(base, { recursive: true, force: true }));

async function read(
  name: string,
  bytes: Uint8Array | string,
  bytesMax?: number,
): Promise<TextFile> {
  const path = join(base, name);
  await writeFile(path, bytes);
  const found = await readText(path, bytesMax === undefined ? {} : { bytesMax });
  assert.ok(!('refusal' in found), JSON.stringify(found));
  return found;
}

test('text is read whole, and an empty file is empty text', async () => {
  assert.deepEqual(await read('a.txt', 'grüße\n'), { text: 'grüße\n', bytes: 8, cut: false });
  assert.equal((await read('empty.txt', '')).text, '');
});

test('a byte order mark decides, and is not part of the text', async () => {
  assert.equal((await read('bom.txt', '\ufeffhello')).text, 'hello');
  assert.equal((await read('wide.txt', Buffer.from('\ufeffhéllo', 'utf16le'))).text, 'héllo');
  const big = Buffer.from('\ufeffhéllo', 'utf16le').swap16();
  assert.equal((await read('big.txt', big)).text, 'héllo');
});

test('invalid UTF-8 is read as Windows-1252 and says so', async () => {
  const found = await read('latin.txt', Buffer.from([0x63, 0x61, 0x66, 0xe9]));
  assert.equal(found.text, 'café');
  assert.match(found.note ?? '', /not valid UTF-8/);
});

test('a large file is cut between characters', async () => {
  const found = await read('large.txt', 'ééé', 3);
  assert.deepEqual(found, { text: 'é', bytes: 6, cut: true });
});

test('binary files are refused', async () => {
  const path = join(base, 'image.png');
  await writeFile(path, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  assert.deepEqual(await readText(path), { refusal: 'It is not a text file.' });
  assert.equal(decodeText(Uint8Array.of(1, 2, 3, 4, 5), false), undefined);
});

test('folders, pipes, links and absent files are refused, and a pipe does not block', async () => {
  await mkdir(join(base, 'folder'));
  execFileSync('mkfifo', [join(base, 'pipe')]);
  await symlink('/etc/hostname', join(base, 'link'));
  for (const [name, reason] of [
    ['folder', /folder/],
    ['pipe', /no file/],
    ['link', /exchanged/],
    ['gone', /not there/],
  ] as const) {
    const found = await readText(join(base, name));
    assert.ok('refusal' in found, name);
    assert.match(found.refusal, reason);
  }
});

test('a folder that became a link on the way is refused', async () => {
  await mkdir(join(base, 'real'));
  await writeFile(join(base, 'real', 'x.txt'), 'x');
  await symlink(join(base, 'real'), join(base, 'swapped'));
  const found = await readText(join(base, 'swapped', 'x.txt'));
  assert.ok('refusal' in found && /exchanged/.test(found.refusal));
});
