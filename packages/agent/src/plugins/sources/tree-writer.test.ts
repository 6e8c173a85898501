import assert from 'node:assert/strict';
import { mkdtemp, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { readTree } from '../content/index.ts';
import { createTreeWriter } from './tree-writer.ts';
import type { ArchiveEntry, TreeWriter } from './tree-writer.ts';

async function* text(value: string): AsyncGenerator<Buffer> {
  yield Buffer.from(value);
}
const file = (path: string, body = 'x'): ArchiveEntry => ({
  path,
  kind: 'file',
  isProgram: false,
  body: text(body),
});

describe('a tree writer', () => {
  let root: string;
  let writer: TreeWriter;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'tree-writer-'));
    writer = createTreeWriter(root, { entriesMax: 20, unpackedBytesMax: 30 });
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('writes files, folders and links of every harmless form', async () => {
    await writer.add(file('./a/b/one', 'one'));
    await writer.add({ path: 'a/', kind: 'folder' });
    await writer.add({ path: 'copy', kind: 'hard-link', target: './a/b/one' });
    const links = { up: 'a/b/one', 'a/self': '.', 'a/b/top': '../..', 'a/two': '../copy' };
    for (const [path, target] of Object.entries(links)) {
      await writer.add({ path, kind: 'link', target });
    }
    await writer.finish();
    assert.equal(await readFile(join(root, 'copy'), 'utf8'), 'one');
    assert.equal(await readlink(join(root, 'a/b/top')), '../..');
    for (const path of Object.keys(links)) {
      assert.ok((await realpath(join(root, path))).startsWith(await realpath(root)), path);
    }
    // What it lets through, the content store keeps.
    assert.equal((await readTree(root)).entries.length, 6);
  });

  it('counts the bytes that it writes, those of copies too', async () => {
    const more = writer.add(file('more', 'x'.repeat(25)));
    await assert.rejects(more, (error) => isAgentError(error, 'PLUGIN_TREE'));
  });
});
