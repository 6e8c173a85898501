import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pluginFolder, problemOf } from './fixtures/plugins.ts';
import { PluginFolder, descriptionBytesMax, pathWithin } from './plugin-folder.ts';

test('text is read without a byte order mark, and bytes that are not UTF-8 are refused', async (t) => {
  const directory = await pluginFolder(t, { 'a.json': '\uFEFF{"a": 1}', 'b/c.txt': 'x' });
  const folder = await PluginFolder.open(directory);
  assert.deepEqual((await folder.json('a.json'))?.value, { a: 1 });
  assert.equal(await folder.text('missing', 10), undefined);
  assert.equal(await folder.text('b', 10), undefined);
  assert.deepEqual(await folder.entries('.'), [
    { name: 'a.json', isFolder: false },
    { name: 'b', isFolder: true },
  ]);
  await writeFile(join(directory, 'bytes'), Buffer.from([0xff, 0xfe, 0x41]));
  assert.match(await problemOf(() => folder.text('bytes', 10)), /not valid UTF-8/);
});

test('a file larger than its purpose is not read', async (t) => {
  const directory = await pluginFolder(t, { 'big.json': ' '.repeat(descriptionBytesMax + 1) });
  const folder = await PluginFolder.open(directory);
  assert.match(await problemOf(() => folder.json('big.json')), /at most 1000000/);
});

test('links lead nowhere outside, not even to learn whether something is there', async (t) => {
  const outside = await pluginFolder(t, { 'secret.json': '{}' });
  const directory = await pluginFolder(t, { 'real.json': '{"a": 1}' });
  const folder = await PluginFolder.open(directory);
  await symlink(join(outside, 'secret.json'), join(directory, 'file.json'));
  await symlink(outside, join(directory, 'skills'));
  await symlink('real.json', join(directory, 'inner.json'));
  assert.match(await problemOf(() => folder.json('file.json')), /leads out of the plugin/);
  assert.match(await problemOf(() => folder.entries('skills')), /leads out of the plugin/);
  assert.match(await problemOf(() => folder.entries('..')), /leads out of the plugin/);
  assert.deepEqual((await folder.json('inner.json'))?.value, { a: 1 });
});

test('a folder that is not there, and a file, are refused', async (t) => {
  const directory = await pluginFolder(t, { file: 'x' });
  assert.match(await problemOf(() => PluginFolder.open(join(directory, 'no'))), /no such folder/);
  assert.match(await problemOf(() => PluginFolder.open(join(directory, 'file'))), /not a folder/);
});

test('paths are within, whichever way they try to lead out', () => {
  assert.equal(pathWithin('./a/b/'), 'a/b');
  assert.equal(pathWithin('a//b'), 'a/b');
  assert.equal(pathWithin('.'), '.');
  const odd = [
    '',
    '..',
    './../a',
    'a/../../b',
    '/etc',
    '~/a',
    'C:\\a',
    'a\\..\\b',
    'a\0',
    '${X}/a',
  ];
  for (const path of odd) assert.equal(pathWithin(path), undefined, path);
});
