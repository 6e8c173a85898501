import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { onlyPlugin, pluginFolder, problemOf } from './fixtures/plugins.ts';
import { readPluginFolder } from './plugin-formats.ts';
import { manifestOfTree, writePluginTree } from './plugin-tree.ts';

test('a tree has its manifest and what was made, and gives the manifest back', async (t) => {
  const directory = await pluginFolder(t, { 'commands/hello.md': 'Say hello to $ARGUMENTS.' });
  assert.match(await problemOf(() => manifestOfTree(directory)), /it is missing/);
  const plugin = onlyPlugin(await readPluginFolder(directory, { name: 'greeter' }));
  await writePluginTree(directory, plugin);
  assert.deepEqual(await manifestOfTree(directory), plugin.manifest);
  const skill = join(directory, '.opencomputer/skills/hello/SKILL.md');
  assert.match(await readFile(skill, 'utf8'), /Say hello to \$ARGUMENTS\./);
  const again = onlyPlugin(await readPluginFolder(directory, { name: 'greeter' }));
  assert.deepEqual(again, plugin);
});

test('what a plugin brings as our folder is not used, wherever it leads', async (t) => {
  const planted = { name: 'x', runtime: 'node' };
  const files = { 'commands/a.md': 'A.', '.opencomputer/manifest.json': planted };
  const directory = await pluginFolder(t, files);
  const plugin = onlyPlugin(await readPluginFolder(directory, { name: 'honest' }));
  await writePluginTree(directory, plugin);
  assert.equal((await manifestOfTree(directory)).name, 'honest');
  const outside = await pluginFolder(t, { 'keep.txt': 'x' });
  await rm(join(directory, '.opencomputer'), { recursive: true });
  await symlink(outside, join(directory, '.opencomputer'));
  await writePluginTree(directory, plugin);
  assert.equal(await readFile(join(outside, 'keep.txt'), 'utf8'), 'x');
  assert.match(await problemOf(() => manifestOfTree(outside)), /it is missing/);
});

test('a manifest in a tree is validated when it is read', async (t) => {
  const directory = await pluginFolder(t, {});
  await mkdir(join(directory, '.opencomputer'));
  await writeFile(join(directory, '.opencomputer/manifest.json'), '{"name": "Bad Name"}');
  assert.match(await problemOf(() => manifestOfTree(directory)), /manifest\.json:1: name/);
});
