// Owns the reading of Agent Skills: a folder with a `SKILL.md`, or folders of such folders. Refuses
// nothing but a folder without a single skill that can be read.

import { posix } from 'node:path';
import { isObject } from '../json-object.ts';
import { assemble } from './assembly.ts';
import { headText, parseMarkdown } from './frontmatter.ts';
import { identityOf } from './identity.ts';
import { ImportReport } from './imported-plugin.ts';
import type { ReadFolder } from './imported-plugin.ts';
import { proseBytesMax } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';
import type { ReadHint } from './read-hint.ts';
import { SkillCollection } from './skills.ts';

/** Where folders of skills are looked for. */
export const skillFolders: readonly string[] = ['skills', '.claude/skills', '.agents/skills'];

/** True when the folder is a skill, or has skills where they are looked for. */
export async function hasSkills(folder: PluginFolder): Promise<boolean> {
  if (await folder.isFile('SKILL.md')) return true;
  for (const path of skillFolders) {
    for (const { name } of await folder.entries(path)) {
      if (await folder.isFile(posix.join(path, name, 'SKILL.md'))) return true;
    }
  }
  return false;
}

/** Reads skills as one plugin that runs nothing. Throws PLUGIN_MANIFEST. */
export async function readAgentSkills(folder: PluginFolder, hint: ReadHint): Promise<ReadFolder> {
  const report = new ImportReport();
  const single = await folder.text('SKILL.md', proseBytesMax);
  const head = single === undefined ? {} : parseMarkdown(single, 'SKILL.md').head;
  const metadata = isObject(head['metadata']) ? head['metadata'] : {};
  const identity = identityOf(
    {
      name: hint.name ?? headText(head, 'name') ?? 'skills',
      version: hint.version ?? headText(metadata, 'version'),
      description: headText(head, 'description') ?? 'Skills.',
      licence: headText(head, 'license'),
    },
    report,
  );
  const skills = new SkillCollection(folder, report, identity.name);
  if (single !== undefined) await skills.add('.', 'described');
  else for (const path of skillFolders) await skills.addAll(path, 'described');
  const plugins = assemble({ file: 'SKILL.md', identity, report, skills, servers: [] });
  return { format: 'agent-skills', plugins };
}
