import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { onlyPlugin, pluginFolder, problemOf, skillFile } from './fixtures/plugins.ts';
import type { Files } from './fixtures/plugins.ts';
import type { ReadFolder } from './imported-plugin.ts';
import { findOwnManifest, readOwnManifest } from './own-manifest.ts';
import { PluginFolder } from './plugin-folder.ts';

const yaml =
  'name: notes\nversion: 1.0.0\nframework_version: "*"\ndescription: Notes.\nruntime: node\n';
const json = {
  name: 'notes',
  version: '1.0.0',
  framework_version: '*',
  description: 'Notes.',
  runtime: 'node',
};

async function read(t: TestContext, files: Files): Promise<ReadFolder> {
  return readOwnManifest(await PluginFolder.open(await pluginFolder(t, files)));
}

test('a manifest is validated whole, as YAML with Windows line ends and as JSON', async (t) => {
  const text = `\uFEFF${yaml.replaceAll('\n', '\r\n')}`;
  const written = onlyPlugin(await read(t, { 'manifest.yaml': text }));
  const built = onlyPlugin(await read(t, { 'manifest.json': json }));
  assert.deepEqual(written.manifest, built.manifest);
  assert.equal(written.manifest.resources.memoryMb, 256);
  const both = onlyPlugin(
    await read(t, { 'manifest.yaml': `${yaml}nam: x\n`, 'manifest.json': '{}' }),
  );
  assert.match(both.warnings[0] ?? '', /manifest\.yaml:6: unknown key "nam"; did you mean "name"/);
  assert.match(both.warnings[1] ?? '', /manifest\.json is not read/);
});

test('JSON that claims to be built is not taken on its word', async (t) => {
  const sections = { provides: {}, requires: {}, permissions: { network: 'all' }, resources: {} };
  assert.match(
    await problemOf(() => read(t, { 'manifest.json': { ...json, ...sections } })),
    /^manifest\.json:\d+: permissions\.network/,
  );
  assert.match(
    await problemOf(() => read(t, { 'manifest.json': '{"runtime": "node",\n"runtime": "mcp"}' })),
    /^manifest\.json:2: .*unique/,
  );
});

test('files that it names must be there, and the agent itself is no plugin of others', async (t) => {
  const skills = `${yaml}provides: { skills: [skills/a] }\n`;
  assert.match(await problemOf(() => read(t, { 'manifest.yaml': skills })), /no file skills\/a/);
  const files = { 'manifest.yaml': skills, 'skills/a/SKILL.md': skillFile('a') };
  assert.equal(onlyPlugin(await read(t, files)).manifest.name, 'notes');
  const builtin = yaml.replace('runtime: node', 'runtime: builtin');
  assert.match(
    await problemOf(() => read(t, { 'manifest.yaml': builtin })),
    /:5: runtime: builtin/,
  );
  assert.match(await problemOf(() => read(t, {})), /there is none/);
});

test('the many other files of that name are not ours', async (t) => {
  for (const value of [{ manifest_version: 3, name: 'x' }, [], { icons: [] }]) {
    const folder = await PluginFolder.open(await pluginFolder(t, { 'manifest.json': value }));
    assert.equal(await findOwnManifest(folder), undefined);
  }
});
