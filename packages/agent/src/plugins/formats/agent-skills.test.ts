import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasSkills, readAgentSkills } from './agent-skills.ts';
import { onlyPlugin, pluginFolder, problemOf, skillFile } from './fixtures/plugins.ts';
import { PluginFolder } from './plugin-folder.ts';

test('one skill is a plugin of its name that runs nothing', async (t) => {
  const more = 'license: MIT\nmetadata:\n  version: "1.4"\n';
  const directory = await pluginFolder(t, { 'SKILL.md': `\uFEFF${skillFile('pdf-forms', more)}` });
  const folder = await PluginFolder.open(directory);
  assert.equal(await hasSkills(folder), true);
  const { manifest, files } = onlyPlugin(await readAgentSkills(folder, {}));
  assert.equal(manifest.name, 'pdf-forms');
  assert.equal(manifest.version, '1.4.0');
  assert.equal(manifest.licence, 'MIT');
  assert.equal(manifest.runtime, 'none');
  assert.deepEqual(manifest.provides.skills, ['.']);
  assert.deepEqual(files, []);
});

test('skills of several folders are one plugin, called as whoever added it says', async (t) => {
  const directory = await pluginFolder(t, {
    'skills/a/SKILL.md': skillFile('a'),
    '.claude/skills/b/SKILL.md': skillFile('b'),
    '.agents/skills/b/SKILL.md': skillFile('b'),
  });
  const folder = await PluginFolder.open(directory);
  const { manifest } = onlyPlugin(await readAgentSkills(folder, { name: 'My_Skills' }));
  assert.equal(manifest.name, 'my-skills');
  assert.deepEqual(manifest.provides.skills, ['skills/a', '.claude/skills/b']);
});

test('a folder without a skill that can be read is refused', async (t) => {
  const folder = await PluginFolder.open(await pluginFolder(t, { 'skills/a/README.md': 'x' }));
  assert.equal(await hasSkills(folder), false);
  assert.match(await problemOf(() => readAgentSkills(folder, {})), /nothing of it can be used/);
});
