import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { isClaudePlugin, readClaudePlugin } from './claude-plugin.ts';
import { onlyPlugin, partOf, pluginFolder, problemOf, skillFile } from './fixtures/plugins.ts';
import type { Files } from './fixtures/plugins.ts';
import type { ReadFolder } from './imported-plugin.ts';
import type { MarketplaceEntry } from './marketplace.ts';
import { PluginFolder } from './plugin-folder.ts';

async function read(t: TestContext, files: Files, entry?: MarketplaceEntry): Promise<ReadFolder> {
  const folder = await PluginFolder.open(await pluginFolder(t, files));
  return readClaudePlugin(folder, entry === undefined ? { name: 'folder' } : { entry });
}

function entryOf(definition: object, strict: boolean): MarketplaceEntry {
  return { name: 'a', description: '', strict, definition: { name: 'a', ...definition } };
}

const manifestFile = '.claude-plugin/plugin.json';

test('a whole plugin: skills, commands, agents, a server, options, and the rest reported', async (t) => {
  const { manifest, files, parts, warnings } = onlyPlugin(
    await read(t, {
      [manifestFile]: {
        name: 'deploy-tools',
        version: '2.1.0',
        description: 'Deploys.',
        author: { name: 'A' },
        userConfig: {
          region: { type: 'string', title: 'Region', description: 'Where', default: 'eu' },
          token: { type: 'string', title: 'T', description: 'The token', sensitive: true },
        },
        hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: 'x' }] }] },
      },
      'skills/deploy/SKILL.md': skillFile('deploy'),
      'commands/ship.md': '---\ndescription: Ships\n---\nShip $ARGUMENTS.',
      'agents/critic.md':
        '---\nname: critic\ndescription: Criticises\ntools: Read\n---\nBe strict.',
      'server/index.js': '',
      '.mcp.json': {
        mcpServers: {
          deploy: {
            command: 'node',
            args: ['${CLAUDE_PLUGIN_ROOT}/server/index.js', '--region=${user_config.region}'],
            env: { DEPLOY_TOKEN: '${user_config.token}' },
          },
        },
      },
    }),
  );
  assert.equal(manifest.runtime, 'mcp');
  assert.deepEqual(manifest.command, [
    'node',
    '${plugin.root}/server/index.js',
    '--region=${configuration.region}',
  ]);
  assert.equal(manifest.environment?.['DEPLOY_TOKEN'], '${environment.DEPLOY_TOKEN}');
  assert.deepEqual(manifest.permissions.environment, ['DEPLOY_TOKEN']);
  assert.deepEqual(Object.keys(manifest.configuration?.['properties'] ?? {}), ['region']);
  assert.deepEqual(manifest.provides.skills, [
    'skills/deploy',
    '.opencomputer/skills/ship',
    '.opencomputer/skills/critic',
  ]);
  assert.equal(files.length, 2);
  assert.equal(partOf(parts, 'agents/critic.md').becomes, 'skill critic');
  assert.match(warnings.join('\n'), /NOT ENFORCED/);
});

test('without a manifest the usual folders count, and the name is given', async (t) => {
  const files = { 'commands/hello.md': 'Say hello.' };
  assert.equal(await isClaudePlugin(await PluginFolder.open(await pluginFolder(t, files))), true);
  const { manifest } = onlyPlugin(await read(t, files));
  assert.equal(manifest.name, 'folder');
  assert.equal(manifest.version, '0.0.0');
});

test('paths of the manifest add skills and replace commands and agents', async (t) => {
  const { manifest } = onlyPlugin(
    await read(t, {
      [manifestFile]: {
        name: 'a',
        skills: ['./extra', './one'],
        commands: {
          inline: { content: 'Do it.', description: 'Does it' },
          filed: { source: './texts/filed.md', argumentHint: '[x]' },
        },
        agents: './more/critic.md',
      },
      'skills/usual/SKILL.md': skillFile('usual'),
      'extra/two/SKILL.md': skillFile('two'),
      'one/SKILL.md': skillFile('one'),
      'commands/ignored.md': 'x',
      'agents/ignored.md': 'x',
      'texts/filed.md': 'Filed.',
      'more/critic.md': '---\nname: critic\ndescription: x\n---\nBe strict.',
    }),
  );
  assert.deepEqual(manifest.provides.skills, [
    'skills/usual',
    'extra/two',
    'one',
    '.opencomputer/skills/inline',
    '.opencomputer/skills/filed',
    '.opencomputer/skills/critic',
  ]);
});

test('a folder with SKILL.md alone is one skill', async (t) => {
  const files = { [manifestFile]: { name: 'a', skills: '.' }, 'SKILL.md': 'Just text.' };
  const { manifest, parts } = onlyPlugin(await read(t, files));
  assert.deepEqual(manifest.provides.skills, ['.']);
  assert.match(partOf(parts, 'SKILL.md').reason ?? '', /no description/);
});

test('paths that lead out and commands without a text are refused', async (t) => {
  for (const part of [
    { commands: '../commands' },
    { agents: ['/etc/agents'] },
    { skills: './a/../../b' },
    { commands: { a: { source: '../../x.md' } } },
    { commands: { a: {} } },
  ]) {
    const files = { [manifestFile]: { name: 'a', ...part }, 'skills/a/SKILL.md': skillFile('a') };
    assert.match(await problemOf(() => read(t, files)), /within the plugin|no text/);
  }
});

test('a marketplace entry adds to a plugin, or is all of it', async (t) => {
  const files = {
    [manifestFile]: { name: 'a', version: '1.0.0' },
    'extra/x.md': 'x',
    'more/y.md': 'y',
  };
  const added = entryOf({ version: '9.9.9', description: 'Listed', commands: './extra' }, true);
  const { manifest } = onlyPlugin(await read(t, files, added));
  assert.equal(manifest.version, '1.0.0');
  assert.equal(manifest.description, 'Listed');
  assert.deepEqual(manifest.provides.skills, ['.opencomputer/skills/x']);
  const both = { ...files, [manifestFile]: { name: 'a', commands: './more' } };
  const joined = onlyPlugin(await read(t, both, added));
  assert.equal(joined.manifest.provides.skills.length, 2);
  const alone = { ...added, strict: false };
  assert.match(await problemOf(() => read(t, both, alone)), /"strict": false/);
  assert.equal(onlyPlugin(await read(t, files, alone)).manifest.version, '9.9.9');
});
