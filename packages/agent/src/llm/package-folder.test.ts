import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { packageLoader } from './package-folder.ts';

async function folder(t: TestContext): Promise<string> {
  const made = await realpath(await mkdtemp(join(tmpdir(), 'packages-')));
  t.after(() => rm(made, { recursive: true }));
  return made;
}

async function install(root: string, name: string, manifest: object): Promise<void> {
  const place = join(root, 'node_modules', name);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), JSON.stringify({ name, ...manifest }));
  await writeFile(join(place, 'main.mjs'), 'export const answer = 42;');
}

test('a package is loaded from the folder, however it names its entry', async (t) => {
  const root = await folder(t);
  const entry = './main.mjs';
  await install(root, 'plain', { main: entry });
  await install(root, 'sugar', { exports: entry });
  await install(root, '@acme/conditions', { exports: { '.': { import: entry } } });
  await install(root, 'nested', { exports: { '.': { import: { default: entry } } } });
  for (const name of ['plain', 'sugar', '@acme/conditions', 'nested']) {
    const { answer } = (await packageLoader(root)(name)) as { answer?: number };
    assert.equal(answer, 42, name);
  }
});

test('a package of a folder above, a missing one and a file outside are not loaded', async (t) => {
  const above = await folder(t);
  await install(above, 'above', { main: './main.mjs' });
  const root = join(above, 'packages');
  const load = packageLoader(root);
  await assert.rejects(load('above'), /is not in/);
  await assert.rejects(load('nowhere'));
  await mkdir(root);
  await assert.rejects(load('above'), /is not in/);
  await assert.rejects(load('../../main.mjs'));
});

test('a package without an entry for import says so', async (t) => {
  const root = await folder(t);
  await install(root, 'types-only', { exports: { './other': './main.mjs' } });
  await assert.rejects(packageLoader(root)('types-only'), {
    code: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
  });
});
