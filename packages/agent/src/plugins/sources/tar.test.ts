import assert from 'node:assert/strict';
import { it } from 'node:test';
import { attributes, tar, tarPart } from './fixtures/archives.ts';
import { readTar } from './tar.ts';

async function* pieces(archive: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < archive.length; at += bytes) yield archive.subarray(at, at + bytes);
}

async function contents(archive: Buffer, bytes = 1_000): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of readTar(pieces(archive, bytes))) {
    const chunks: Uint8Array[] = [];
    if (entry.kind === 'file') for await (const chunk of entry.body) chunks.push(chunk);
    const body = 'target' in entry ? `${entry.kind} ${entry.target}` : Buffer.concat(chunks);
    found[entry.path] = entry.kind === 'folder' ? 'folder' : String(body);
  }
  return found;
}

it('reads the same entries however the stream is cut', async () => {
  const archive = tar(
    { path: 'folder/', type: '5' },
    { path: 'folder/a', body: 'a'.repeat(600) },
    { path: 'empty' },
    { path: 'link', type: '2', target: 'folder/a' },
    { path: 'same', type: '1', target: 'empty' },
  );
  const expected = {
    'folder/': 'folder',
    'folder/a': 'a'.repeat(600),
    empty: '',
    link: 'link folder/a',
    same: 'hard-link empty',
  };
  for (const bytes of [1, 7, 511, 512, 513, 100_000]) {
    assert.deepEqual(await contents(archive, bytes), expected);
  }
});

it('reads long names of pax and of GNU, and names of two parts', async () => {
  const long = `${'d'.repeat(90)}/${'f'.repeat(90)}`;
  const split = tarPart({ path: 'name', body: 'split' });
  split.write('prefix/of/it', 345);
  split.fill(' ', 148, 156);
  const sum = split.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  split.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const archive = Buffer.concat([
    tarPart({ path: 'x', type: 'x', body: attributes({ path: `${long}1`, mtime: '1.5' }) }),
    tarPart({ path: 'short', body: 'pax' }),
    tarPart({ path: 'L', type: 'L', body: `${long}2\0` }),
    tarPart({ path: 'short', body: 'gnu' }),
    tarPart({ path: 'g', type: 'g', body: attributes({ comment: 'a commit' }) }),
    split,
  ]);
  assert.deepEqual(await contents(archive), {
    [`${long}1`]: 'pax',
    [`${long}2`]: 'gnu',
    'prefix/of/it/name': 'split',
  });
});

it('skips what nobody read', async () => {
  const paths: string[] = [];
  const archive = tar({ path: 'one', body: 'x'.repeat(2_000) }, { path: 'two' });
  for await (const { path } of readTar(pieces(archive, 300))) paths.push(path);
  assert.deepEqual(paths, ['one', 'two']);
});
