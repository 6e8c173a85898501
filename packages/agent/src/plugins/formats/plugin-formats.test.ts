import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyPlugin, pluginFolder, problemOf, skillFile } from './fixtures/plugins.ts';
import type { Files } from './fixtures/plugins.ts';
import type { PluginFormat } from './imported-plugin.ts';
import { readPluginFolder } from './plugin-formats.ts';

const own = 'name: own\nversion: 1.0.0\nframework_version: "*"\ndescription: x\nruntime: node\n';
const agentPlugin = {
  $schema: 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json',
  name: 'agent',
};
const server = {
  name: 'org.example/server',
  description: 'x',
  version: '1.0.0',
  remotes: [{ type: 'streamable-http', url: 'https://a.org/mcp' }],
};
const bundle = {
  manifest_version: '0.3',
  name: 'bundle',
  version: '1.0.0',
  description: 'x',
  author: { name: 'A' },
  server: { type: 'node', entry_point: 'i.js' },
};

/** All formats in one folder, in the order in which they count. */
const all: readonly (readonly [PluginFormat, Files])[] = [
  ['opencomputer', { 'manifest.yaml': own }],
  ['agent-plugin', { 'plugin.json': agentPlugin, 'skills/s/SKILL.md': skillFile('s') }],
  ['claude-plugin', { '.claude-plugin/plugin.json': { name: 'claude' } }],
  ['agent-skills', { 'skills/s/SKILL.md': skillFile('s') }],
  ['mcp-server', { 'server.json': server }],
  ['mcp-bundle', { 'manifest.json': bundle }],
];

test('the first format in the order counts, the others are said, one can be asked for', async (t) => {
  for (const [at, [format]] of all.entries()) {
    const files = Object.assign({}, ...all.slice(at).map(([, part]) => part)) as Files;
    const directory = await pluginFolder(t, files);
    const read = await readPluginFolder(directory, { name: 'given' });
    assert.equal(read.format, format);
    const last = await readPluginFolder(directory, { format: 'mcp-bundle' });
    assert.equal(onlyPlugin(last).manifest.name, 'bundle');
    const said = onlyPlugin(read).warnings.filter((text) => text.includes('which is not read'));
    const isSkilled = format === 'agent-plugin' || format === 'claude-plugin';
    assert.equal(said.length, all.length - at - 1 - (isSkilled ? 1 : 0), format);
  }
});

test('a folder that is none says what was looked for', async (t) => {
  const nothing = await pluginFolder(t, { 'README.md': 'x', 'plugin.json': { name: 'x' } });
  const problem = await problemOf(() => readPluginFolder(nothing));
  for (const place of ['manifest.yaml', '$schema', '.claude-plugin', 'SKILL.md', 'server.json']) {
    assert.ok(problem.includes(place), place);
  }
  const list = await pluginFolder(t, { '.claude-plugin/marketplace.json': {} });
  assert.match(await problemOf(() => readPluginFolder(list)), /a list of plugins: name the one/);
});

test('an entry of a marketplace can be all that is said of a plugin', async (t) => {
  const directory = await pluginFolder(t, { 'SKILL.md': skillFile('s'), 'x/a.md': 'Text.' });
  const definition = { name: 'listed', commands: './x' };
  const entry = { name: 'listed', description: '', strict: false, definition };
  const read = await readPluginFolder(directory, { entry });
  assert.equal(read.format, 'claude-plugin');
  assert.deepEqual(onlyPlugin(read).manifest.provides.skills, ['.', '.opencomputer/skills/a']);
});

test('hosts that a person names are the rights of a program', async (t) => {
  const directory = await pluginFolder(t, { 'manifest.json': bundle });
  const { manifest } = onlyPlugin(await readPluginFolder(directory, { network: ['a.org'] }));
  assert.deepEqual(manifest.permissions.network, ['a.org']);
});
