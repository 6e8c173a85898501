import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { onlyPlugin, partOf, pluginFolder, problemOf } from './fixtures/plugins.ts';
import type { ImportedPlugin } from './imported-plugin.ts';
import { isBundle, readBundle } from './mcp-bundle.ts';
import { PluginFolder } from './plugin-folder.ts';

const least = {
  manifest_version: '0.3',
  name: 'My Files',
  version: '1.0.0',
  description: 'Finds files.',
  author: { name: 'A' },
  server: { type: 'node', entry_point: 'server/index.js' },
};

async function read(t: TestContext, written: object, platform = 'linux'): Promise<ImportedPlugin> {
  const files = {
    'manifest.json': { ...least, ...written },
    'server/index.js': '',
    'server/run': '',
  };
  const folder = await PluginFolder.open(await pluginFolder(t, files));
  assert.equal(await isBundle(folder), true);
  return onlyPlugin(await readBundle(folder, {}, platform));
}

test('each type of server starts as it says, or in its usual way', async (t) => {
  const types: readonly (readonly [string, string, readonly string[]])[] = [
    ['node', 'server/index.js', ['node', '${plugin.root}/server/index.js']],
    ['python', 'server/main.py', ['python3', '${plugin.root}/server/main.py']],
    ['binary', './server/run', ['./server/run']],
    [
      'uv',
      'server/main.py',
      ['uv', 'run', '--directory', '${plugin.root}', '${plugin.root}/server/main.py'],
    ],
  ];
  for (const [type, entry, command] of types) {
    const { manifest } = await read(t, { server: { type, entry_point: entry } });
    assert.deepEqual(manifest.command, command);
    assert.equal(manifest.directory, '${plugin.root}');
  }
});

test('options, secrets and the platform have their say', async (t) => {
  const written = {
    server: {
      ...least.server,
      mcp_config: {
        command: 'node',
        args: ['${__dirname}/server/index.js', '${user_config.folders}', '${HOME}${/}x'],
        env: { API_KEY: '${user_config.api_key}', MODE: 'general' },
        platform_overrides: { linux: { env: { MODE: 'linux' } }, win32: { command: 'node.exe' } },
      },
    },
    user_config: {
      folders: {
        type: 'directory',
        title: 'Folders',
        description: 'Which',
        multiple: true,
        required: true,
      },
      api_key: { type: 'string', title: 'Key', description: 'The key', sensitive: true },
    },
    prompts: [{ name: 'Poem', text: '---\nallowed-tools: x\n---\nOn ${arguments.topic}' }],
    tools: [{ name: 'find' }],
    _meta: { x: {} },
  };
  const { manifest, files, parts, warnings } = await read(t, written);
  assert.equal(manifest.name, 'my-files');
  assert.deepEqual(manifest.command, [
    'node',
    '${plugin.root}/server/index.js',
    '${configuration.folders}',
    '${plugin.data}/x',
  ]);
  assert.deepEqual(manifest.environment, { API_KEY: '${environment.API_KEY}', MODE: 'linux' });
  assert.deepEqual(manifest.permissions.environment, ['API_KEY']);
  assert.deepEqual(manifest.permissions.files, { read: ['folders'], write: [] });
  assert.deepEqual(manifest.configuration?.['required'], ['folders']);
  assert.deepEqual(manifest.provides.skills, ['.opencomputer/skills/poem']);
  assert.match(files[0]?.text ?? '', /---\nallowed-tools: x\n---\nOn/);
  assert.match(partOf(parts, 'tools (1)').reason ?? '', /by the server itself/);
  assert.equal(partOf(parts, '_meta').becomes, '');
  assert.ok(warnings.some((text) => text.includes('${HOME}')));
});

test('a bundle for other platforms, with wrong types or a program elsewhere is refused', async (t) => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ compatibility: { platforms: ['darwin', 'win32'] } }, /darwin, win32, and this is linux/],
    [{ server: { type: 'node', entry_point: '../index.js' } }, /manifest\.json:\d+: .*within/],
    [{ server: { type: 'perl', entry_point: 'a' } }, /server\.type/],
    [{ server: { type: 'binary', entry_point: 'missing' } }, /not in the plugin/],
    [{ author: 'A' }, /author/],
  ];
  for (const [part, message] of wrong) assert.match(await problemOf(() => read(t, part)), message);
});

test('a manifest.json of another kind is no bundle', async (t) => {
  const folder = await PluginFolder.open(await pluginFolder(t, { 'manifest.json': { name: 'x' } }));
  assert.equal(await isBundle(folder), false);
});
