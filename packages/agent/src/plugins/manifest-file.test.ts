import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { probeManifest } from './fixtures/harness.ts';
import { MANIFEST_BYTES_MAX, loadManifest } from './manifest-file.ts';

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'manifest-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const yaml = 'name: a\nversion: 1.0.0\nframework_version: "*"\ndescription: x\nruntime: node\n';

test('the built manifest is preferred; without one the written is validated', async (t) => {
  const directory = await folder(t);
  assert.equal(await loadManifest(directory), undefined);
  await writeFile(join(directory, 'manifest.yaml'), yaml);
  assert.equal((await loadManifest(directory))?.manifest.name, 'a');
  const built = probeManifest({});
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(built));
  assert.deepEqual((await loadManifest(directory))?.manifest, built);
});

test('a built manifest that is damaged, and one that is too large, are refused', async (t) => {
  const directory = await folder(t);
  const file = join(directory, 'manifest.json');
  const refused = (error: unknown): boolean =>
    isAgentError(error, 'PLUGIN_MANIFEST') && error.message.includes(file);
  for (const text of ['{', '[]', '{"name":"a"}', ' '.repeat(MANIFEST_BYTES_MAX + 1)]) {
    await writeFile(file, text);
    await assert.rejects(loadManifest(directory), refused);
  }
});
