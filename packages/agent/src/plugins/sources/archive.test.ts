import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { isAgentError } from '@opencomputer/contracts';
import { soleFolder, unpackArchive } from './archive.ts';
import { tar, tgz, zip } from './fixtures/archives.ts';
import { hostileTars, hostileZips } from './fixtures/hostile-archives.ts';
import { sourceLimits } from './limits.ts';

const limits = { ...sourceLimits, entriesMax: 200 };
let base: string;
let count = 0;

before(async () => {
  base = await mkdtemp(join(tmpdir(), 'archive-'));
});
after(() => rm(base, { recursive: true, force: true }));

/** The folder into which it was unpacked, two levels below anything else. */
async function unpack(archive: Buffer): Promise<string> {
  count += 1;
  const around = join(base, String(count));
  const directory = join(around, 'in', 'tree');
  await mkdir(directory, { recursive: true });
  const path = join(base, `${count}.archive`);
  await writeFile(path, archive);
  try {
    await unpackArchive(path, directory, limits);
  } finally {
    await rm(path);
    assert.deepEqual(await readdir(around), ['in'], 'nothing beside the folder');
    assert.deepEqual(await readdir(join(around, 'in')), ['tree'], 'nothing beside the folder');
  }
  return directory;
}

describe('an archive', () => {
  const parts = [
    { path: 'dir/run.sh', body: 'echo', mode: 0o106755 },
    { path: 'dir/text', body: 'words', mode: 0o100666 },
  ];
  const good: Readonly<Record<string, Buffer>> = {
    tar: tar(...parts),
    'tar.gz': tgz(...parts),
    'tar.zst': zstdCompressSync(tar(...parts)),
    'tar.gz in two members': Buffer.concat([
      gzipSync(tar(...parts).subarray(0, 700)),
      gzipSync(tar(...parts).subarray(700)),
    ]),
    zip: zip(parts),
    'zip, not compressed': zip(parts.map((part) => ({ ...part, method: 0 }))),
    'zip with a signature after it': zip(parts, {
      after: Buffer.from('MCPB_SIG_V1\x04\x00\x00\x00abcdMCPB_SIG_END'),
    }),
    'zip with a comment': zip(parts, { comment: Buffer.from('a comment') }),
  };
  for (const [kind, archive] of Object.entries(good)) {
    it(`is unpacked when it is a ${kind}`, async () => {
      const directory = await unpack(archive);
      assert.equal(await readFile(join(directory, 'dir/text'), 'utf8'), 'words');
      assert.equal(await readFile(join(directory, 'dir/run.sh'), 'utf8'), 'echo');
    });
  }

  it('keeps the mark of a program, and no set-uid bit nor rights for all', async () => {
    for (const archive of [tar(...parts), zip(parts)]) {
      const directory = await unpack(archive);
      assert.equal((await stat(join(directory, 'dir/run.sh'))).mode & 0o7022, 0);
      assert.equal((await stat(join(directory, 'dir/run.sh'))).mode & 0o100, 0o100);
      assert.equal((await stat(join(directory, 'dir/text'))).mode & 0o7122, 0);
    }
  });

  it('has its only folder taken for the tree', async () => {
    const directory = await unpack(tar(...parts));
    assert.equal(await soleFolder(directory), join(directory, 'dir'));
    const two = await unpack(tar(...parts, { path: 'README' }));
    assert.equal(await soleFolder(two), two);
  });
});

describe('an archive is refused, with nothing written beside its folder, when it holds', () => {
  const all = { tar: hostileTars, zip: hostileZips };
  for (const [kind, table] of Object.entries(all)) {
    for (const [attempt, make] of Object.entries(table)) {
      it(`${attempt} (${kind})`, async () => {
        await assert.rejects(unpack(make()), (error) => isAgentError(error, 'PLUGIN_TREE'));
      });
    }
  }
});
