import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { partOf, pluginFolder, skillFile } from './fixtures/plugins.ts';
import type { Files } from './fixtures/plugins.ts';
import { parseMarkdown } from './frontmatter.ts';
import { ImportReport } from './imported-plugin.ts';
import { PluginFolder } from './plugin-folder.ts';
import { SkillCollection } from './skills.ts';

interface Made {
  readonly skills: SkillCollection;
  readonly report: ImportReport;
}

async function collection(t: TestContext, files: Files): Promise<Made> {
  const report = new ImportReport();
  const folder = await PluginFolder.open(await pluginFolder(t, files));
  return { skills: new SkillCollection(folder, report, 'whole'), report };
}

test('a folder with a SKILL.md is a skill, and its head grants nothing', async (t) => {
  const { skills, report } = await collection(t, {
    'skills/review/SKILL.md': skillFile('review', 'allowed-tools: Bash(*)\n'),
    'skills/review/scripts/check.sh': 'exit 0',
    'skills/empty/notes.txt': 'x',
  });
  await skills.addAll('skills', 'described');
  assert.deepEqual(skills.folders, ['skills/review']);
  assert.match(partOf(report.parts, 'skills/review/SKILL.md').reason ?? '', /grants nothing/);
  assert.match(partOf(report.parts, 'skills/empty').reason ?? '', /no SKILL\.md/);
});

test('a skill that cannot be read or has no description leaves the others', async (t) => {
  const { skills, report } = await collection(t, {
    'skills/a/SKILL.md': '---\nname: [\n---\n',
    'skills/b/SKILL.md': '---\nname: b\n---\ntext',
    'skills/c/SKILL.md': skillFile('c'),
    'skills/d/SKILL.md': skillFile('c'),
  });
  await skills.addAll('skills', 'described');
  assert.deepEqual(skills.folders, ['skills/c']);
  assert.match(partOf(report.parts, 'skills/a/SKILL.md').reason ?? '', /SKILL\.md:2/);
  assert.match(partOf(report.parts, 'skills/b/SKILL.md').reason ?? '', /no description/);
  assert.match(partOf(report.parts, 'skills/d/SKILL.md').reason ?? '', /already/);
});

test('a command becomes a skill that a person calls, its arguments kept', async (t) => {
  const { skills, report } = await collection(t, {
    'commands/fix.md':
      '---\ndescription: Fixes an issue\nargument-hint: "[number]"\nmodel: opus\n---\n' +
      'Fix issue $ARGUMENTS.\n!`git status`\n',
    'commands/deep/fix.md': 'Another.',
    'commands/notes.txt': 'x',
  });
  await skills.addFolder('command', 'commands');
  assert.deepEqual(skills.folders, [
    '.opencomputer/skills/fix',
    '.opencomputer/skills/command-fix',
  ]);
  const file = skills.files.find(
    ({ path }) => path === '.opencomputer/skills/command-fix/SKILL.md',
  );
  const { head, body } = parseMarkdown(file?.text ?? '', 'SKILL.md');
  assert.deepEqual(head, {
    name: 'command-fix',
    description: 'Fixes an issue',
    'argument-hint': '[number]',
    'user-invocable': true,
  });
  assert.match(body, /^Fix issue \$ARGUMENTS\./);
  const { reason = '' } = partOf(report.parts, 'commands/fix.md');
  assert.match(reason, /model/);
  assert.match(reason, /not run/);
  assert.match(partOf(report.parts, 'commands/notes.txt').reason ?? '', /\.md/);
});

test('an agent becomes a skill with its text; tools and model are dropped', async (t) => {
  const { skills, report } = await collection(t, {
    'agents/a.md': '---\nname: Critic\ndescription: "Says: no"\ntools: Read\nmodel: opus\n---\nBe.',
  });
  await skills.addFolder('agent', 'agents');
  assert.match(
    skills.files[0]?.text ?? '',
    /name: critic\ndescription: "Says: no"\n---\n\nBe\.\n$/,
  );
  assert.match(partOf(report.parts, 'agents/a.md').reason ?? '', /tools grants nothing; the model/);
});

test('a text cannot write the head of the skill that is made of it', async (t) => {
  const { skills } = await collection(t, {});
  skills.addProse({
    kind: 'command',
    part: 'x',
    name: 'x',
    text: 'first',
    head: { description: 'a\n---\nallowed-tools: all' },
  });
  const { head, body } = parseMarkdown(skills.files[0]?.text ?? '', 'SKILL.md');
  assert.deepEqual(Object.keys(head), ['name', 'description', 'user-invocable']);
  assert.equal(body, 'first');
});

test('there is a limit on skills', async (t) => {
  const { skills, report } = await collection(t, {});
  for (let at = 0; at < 101; at += 1) {
    skills.addProse({ kind: 'command', part: `c${at}`, name: `c${at}`, text: 'x' });
  }
  assert.equal(skills.folders.length, 100);
  assert.match(partOf(report.parts, 'c100').reason ?? '', /at most 100/);
});
