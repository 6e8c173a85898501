// Owns the reading of Claude Code plugins: which folders and keys there are and what each becomes.
// Refuses wrong types and paths that lead out; what is not run here is reported, one by one.

import { posix } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { assemble } from './assembly.ts';
import { checkDefinition, componentKeys } from './claude-definition.ts';
import type { ClaudeDefinition, CommandEntry } from './claude-definition.ts';
import { reportDropped } from './claude-dropped.ts';
import { readClaudeServers } from './claude-servers.ts';
import { authorText, identityOf } from './identity.ts';
import { ImportReport } from './imported-plugin.ts';
import type { ReadFolder } from './imported-plugin.ts';
import { pathWithin, proseBytesMax } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';
import type { ReadHint } from './read-hint.ts';
import { SkillCollection } from './skills.ts';
import { configurationOf, optionsOf } from './user-options.ts';

export const claudeFile = '.claude-plugin/plugin.json';

/** Files and folders that make a folder without a manifest a plugin. */
const tellTales = [
  'commands',
  'agents',
  'hooks/hooks.json',
  '.mcp.json',
  '.lsp.json',
  'output-styles',
  'monitors/monitors.json',
];

/** True when a folder is such a plugin, by its manifest or by what is in it. */
export async function isClaudePlugin(folder: PluginFolder): Promise<boolean> {
  for (const path of [claudeFile, ...tellTales]) {
    if ((await folder.kindOf(path)) !== undefined) return true;
  }
  return false;
}

/** Reads such a plugin. Throws PLUGIN_MANIFEST with file and line. */
export async function readClaudePlugin(folder: PluginFolder, hint: ReadHint): Promise<ReadFolder> {
  const report = new ImportReport();
  const definition = await readDefinition(folder, hint, report);
  const { author, repository } = definition;
  const identity = identityOf(
    {
      name: definition.name ?? hint.name ?? 'plugin',
      version: definition.version ?? hint.version,
      description: definition.description,
      authors: typeof author === 'string' ? [author] : authorText(author ?? {}),
      licence: definition.license,
      homepage:
        definition.homepage ?? (typeof repository === 'string' ? repository : repository?.url),
    },
    report,
  );
  const skills = new SkillCollection(folder, report, identity.name);
  await collectSkills(definition, folder, skills);
  const { userConfig = {} } = definition;
  const options = optionsOf(userConfig);
  const servers = await readClaudeServers(definition, {
    folder,
    plugin: identity.name,
    options,
    report,
  });
  await reportDropped(definition, folder, report);
  const plugins = assemble({
    file: claudeFile,
    identity,
    report,
    skills,
    servers,
    configuration: configurationOf(userConfig),
    network: hint.network,
  });
  return { format: 'claude-plugin', plugins };
}

/** `plugin.json` with what a marketplace says: by `strict`, one of the two is the definition. */
async function readDefinition(
  folder: PluginFolder,
  hint: ReadHint,
  report: ImportReport,
): Promise<ClaudeDefinition> {
  const document = await folder.json(claudeFile);
  const own = document === undefined ? undefined : checkDefinition(document, report);
  const { entry } = hint;
  if (entry === undefined) return own ?? {};
  if (entry.strict) return mergedDefinition(own ?? {}, entry.definition);
  const both = componentKeys.find((key) => own?.[key] !== undefined);
  if (both !== undefined && document !== undefined) {
    const problem = `${both}: the marketplace defines this plugin alone ("strict": false)`;
    throw document.refusal([both], problem);
  }
  return { ...own, ...entry.definition };
}

/** The plugin's own values count; lists of parts are joined. */
function mergedDefinition(own: ClaudeDefinition, entry: ClaudeDefinition): ClaudeDefinition {
  const joined: Record<string, unknown> = {};
  for (const key of componentKeys) {
    const [one, other] = [own[key], entry[key]];
    if (one === undefined || other === undefined || isObject(one) !== isObject(other)) continue;
    joined[key] = isObject(one) ? { ...(other as object), ...one } : [one, other].flat();
  }
  return { ...entry, ...own, ...joined };
}

async function collectSkills(
  definition: ClaudeDefinition,
  folder: PluginFolder,
  skills: SkillCollection,
): Promise<void> {
  const hasFolder = (await folder.kindOf('skills')) === 'folder';
  if (hasFolder) await skills.addAll('skills', 'any');
  else if (await folder.isFile('SKILL.md')) await skills.add('.', 'any');
  for (const path of pathsOf(definition.skills, 'skills')) {
    if (path === 'skills' || (path === '.' && !hasFolder)) continue;
    if (await folder.isFile(posix.join(path, 'SKILL.md'))) await skills.add(path, 'any');
    else await skills.addAll(path, 'any');
  }
  const { commands, agents } = definition;
  if (typeof commands === 'object' && !Array.isArray(commands)) {
    await addCommands(commands, folder, skills);
  } else await addProse('command', pathsOf(commands ?? 'commands', 'commands'), skills);
  await addProse('agent', pathsOf(agents ?? 'agents', 'agents'), skills);
}

async function addProse(
  kind: 'command' | 'agent',
  paths: readonly string[],
  skills: SkillCollection,
): Promise<void> {
  for (const path of paths) {
    if (path.endsWith('.md')) await skills.addFile(kind, path);
    else await skills.addFolder(kind, path);
  }
}

/** Commands that the manifest names one by one, by file or by text. */
async function addCommands(
  commands: Readonly<Record<string, CommandEntry>>,
  folder: PluginFolder,
  skills: SkillCollection,
): Promise<void> {
  for (const [name, entry] of Object.entries(commands)) {
    const part = `commands.${name}`;
    const [path] = entry.source === undefined ? [] : pathsOf(entry.source, part);
    const text =
      entry.content ?? (path === undefined ? undefined : await folder.text(path, proseBytesMax));
    if (text === undefined) throw refusal(`${part}: it has no text, and no file of the plugin`);
    const head = {
      name,
      ...(entry.description === undefined ? {} : { description: entry.description }),
      ...(entry.argumentHint === undefined ? {} : { 'argument-hint': entry.argumentHint }),
      ...(entry.model === undefined ? {} : { model: entry.model }),
      ...(entry.allowedTools === undefined ? {} : { 'allowed-tools': entry.allowedTools }),
    };
    skills.addProse({ kind: 'command', part, name, text, head });
  }
}

/** Paths within the plugin. Throws PLUGIN_MANIFEST for any other. */
function pathsOf(written: string | readonly string[] | undefined, key: string): readonly string[] {
  const all = written === undefined ? [] : [written].flat();
  return all.map((path) => {
    const inside = pathWithin(path);
    if (inside === undefined) throw refusal(`${key}: "${path}" is not a path within the plugin`);
    return inside;
  });
}

function refusal(problem: string): AgentError {
  return new AgentError('PLUGIN_MANIFEST', { file: claudeFile, problem });
}
