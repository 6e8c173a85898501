import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAgentPlugin } from './agent-plugin.ts';
import { onlyPlugin, partOf, pluginFolder, problemOf, skillFile } from './fixtures/plugins.ts';
import type { Files } from './fixtures/plugins.ts';
import type { ReadFolder } from './imported-plugin.ts';
import { PluginFolder } from './plugin-folder.ts';
import type { TestContext } from 'node:test';

const plugin = {
  $schema: 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json',
  name: 'acme.reports',
  version: '1.2.0',
};
const mcp = { $schema: 'https://agent-plugins.org/schemas/1.0.0/mcp.schema.json' };

async function read(t: TestContext, files: Files): Promise<ReadFolder> {
  return readAgentPlugin(await PluginFolder.open(await pluginFolder(t, files)), {});
}

test('skills and a server become one plugin, with rights from our extension', async (t) => {
  const { manifest, parts, warnings } = onlyPlugin(
    await read(t, {
      'plugin.json': {
        ...plugin,
        description: 'Makes reports.',
        author: { name: 'A', email: 'a@example.com' },
        license: 'MIT',
        homepage: 'https://example.com',
        extensions: {
          'dev.opencomputer': {
            permissions: { network: ['api.example.com'] },
            resources: { memoryMb: 64 },
            tools: [{ name: 'send_report', description: 'Sends.', input: {}, effect: 'send' }],
          },
          'com.example.client': { setting: true },
        },
      },
      'skills/summarize/SKILL.md': skillFile('summarize'),
      'skills/deep/er/SKILL.md': skillFile('er'),
      'bin/validator': '',
      'mcp.json': {
        ...mcp,
        mcpServers: {
          local: {
            type: 'stdio',
            command: './bin/validator',
            args: ['--data', '${PLUGIN_DATA}/v', '${HOME}'],
            env: { CONFIG: '${PLUGIN_ROOT}/config.json' },
          },
        },
      },
    }),
  );
  assert.equal(manifest.name, 'acme-reports');
  assert.equal(manifest.runtime, 'mcp');
  assert.deepEqual(manifest.command, ['./bin/validator', '--data', '${plugin.data}/v', '${HOME}']);
  assert.deepEqual(manifest.environment, {
    CONFIG: '${plugin.root}/config.json',
    PLUGIN_ROOT: '${plugin.root}',
    PLUGIN_DATA: '${plugin.data}',
  });
  assert.equal(manifest.directory, '${plugin.root}');
  assert.deepEqual(manifest.permissions.network, ['api.example.com']);
  assert.equal(manifest.resources.memoryMb, 64);
  assert.equal(manifest.provides.tools[0]?.effect, 'send');
  assert.deepEqual(manifest.provides.skills, ['skills/summarize']);
  assert.match(partOf(parts, 'extensions.com.example.client').reason ?? '', /another client/);
  assert.match(partOf(parts, 'skills/deep').reason ?? '', /no SKILL\.md/);
  assert.deepEqual(warnings, ['the name "acme.reports" becomes "acme-reports"']);
});

test('a wrong manifest is refused with its line, an unknown key is not', async (t) => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ $schema: plugin.$schema.replace('1.0.0', '9.0.0') }, /plugin\.json:2: \$schema/],
    [{ name: 'Has--Double' }, /plugin\.json:3: name/],
    [{ keywords: 'one' }, /plugin\.json:5: keywords/],
    [{ author: { name: 'A', company: 'B' } }, /author/],
    [{ extensions: { 'dev.opencomputer': { permissions: { network: 'x' } } } }, /permissions/],
  ];
  for (const [part, message] of wrong) {
    const files = { 'plugin.json': { ...plugin, ...part }, 'skills/a/SKILL.md': skillFile('a') };
    assert.match(await problemOf(() => read(t, files)), message);
  }
  const { warnings } = onlyPlugin(
    await read(t, {
      'plugin.json': { ...plugin, name: 'a', logo: 'x', extensions: [] },
      'skills/a/SKILL.md': skillFile('a'),
    }),
  );
  assert.deepEqual(warnings, [
    'plugin.json:5: unknown key "logo" is ignored',
    'plugin.json:6: extensions is not an object',
  ]);
});

test('a wrong mcp.json leaves the skills, a wrong server the other servers', async (t) => {
  const skills = { 'plugin.json': plugin, 'skills/a/SKILL.md': skillFile('a') };
  const other = { $schema: 'https://agent-plugins.org/schemas/1.1.0/mcp.schema.json' };
  for (const file of ['{', { ...other, mcpServers: {} }, { ...mcp, mcpServers: {}, more: 1 }]) {
    const { manifest, parts } = onlyPlugin(await read(t, { ...skills, 'mcp.json': file }));
    assert.equal(manifest.runtime, 'none');
    assert.equal(partOf(parts, 'mcp.json').becomes, '');
  }
  const mcpServers = {
    untyped: { command: 'node' },
    mixed: { type: 'stdio', command: 'node', url: 'https://a.org' },
    escape: { type: 'stdio', command: '../run' },
    start: { type: 'stdio', command: 'node', cwd: 'data' },
    reserved: { type: 'stdio', command: 'node', env: { PLUGIN_ROOT: '/' } },
    old: { type: 'sse', url: 'https://a.org/sse' },
    plain: { type: 'streamable-http', url: 'http://a.org/mcp' },
    hash: { type: 'streamable-http', url: 'https://a.org/#x' },
    twice: { type: 'streamable-http', url: 'https://a.org', headers: { A: '1', a: '2' } },
    good: { type: 'streamable-http', url: 'https://a.org/mcp', headers: { 'X-A': '${TOKEN}' } },
  };
  const { manifest, parts } = onlyPlugin(
    await read(t, { ...skills, 'mcp.json': { ...mcp, mcpServers } }),
  );
  assert.equal(manifest.url, 'https://a.org/mcp');
  assert.deepEqual(manifest.headers, { 'X-A': '${TOKEN}' });
  assert.deepEqual(manifest.requires.secrets, []);
  const dropped = parts.filter(({ part, becomes }) => part.startsWith('mcp') && becomes === '');
  assert.equal(dropped.length, 9);
});

test('a plugin of which nothing is left is refused with what was dropped', async (t) => {
  const problem = await problemOf(() =>
    read(t, { 'plugin.json': plugin, 'skills/a/SKILL.md': 'no head' }),
  );
  assert.match(
    problem,
    /nothing of it can be used here: skills\/a\/SKILL\.md: its head has no name/,
  );
});
