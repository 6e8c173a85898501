import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { readTree } from '../content/index.ts';
import { readArchive } from '../sources/archive.ts';
import { sourceLimits } from '../sources/limits.ts';
import { createTreeWriter } from '../sources/tree-writer.ts';
import { packTree } from './pack.ts';
import { createSigningKey } from './signing-key.ts';

const long = `${'folder-with-a-long-name/'.repeat(6)}file`;

async function base(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pack-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function plugin(folder: string, order: readonly string[]): Promise<string> {
  for (const path of order) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), `content of ${path}`);
  }
  await chmod(join(folder, 'run'), 0o755);
  await symlink('run', join(folder, 'link'));
  await symlink(`./${long}`, join(folder, 'long-link'));
  return folder;
}

test('the same tree is the same bytes, whatever its times, owner and order were', async (t) => {
  const folder = await base(t);
  const paths = ['manifest.yaml', 'run', long, 'é.txt'];
  const one = await plugin(join(folder, 'one'), paths);
  const two = await plugin(join(folder, 'two'), paths.toReversed());
  await utimes(join(two, 'run'), 1, 1);
  await chmod(join(two, 'manifest.yaml'), 0o600);
  const [first, second] = [await packTree(one), await packTree(two)];
  assert.deepEqual(first.archive, second.archive);
  assert.equal(first.tree.digest, second.tree.digest);
});

test('what is unpacked by the reader of sources is the very tree', async (t) => {
  const folder = await base(t);
  const from = await plugin(join(folder, 'from'), ['manifest.yaml', 'run', long, 'é.txt']);
  const { archive, tree } = await packTree(from);
  const file = join(folder, 'a.tar.gz');
  await writeFile(file, archive);
  const to = join(folder, 'to');
  await mkdir(to);
  const writer = createTreeWriter(to, sourceLimits);
  for await (const entry of readArchive(file, sourceLimits)) await writer.add(entry);
  await writer.finish();
  assert.equal((await readTree(to)).digest, tree.digest);
  assert.equal(await readFile(join(to, 'run'), 'utf8'), 'content of run');
});

test('a private key is never packed', async (t) => {
  const folder = await base(t);
  await createSigningKey(join(folder, 'my-notes.txt'));
  await assert.rejects(packTree(folder), (error) => isAgentError(error, 'PLUGIN_TREE'));
});
