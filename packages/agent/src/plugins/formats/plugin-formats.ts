// Owns the choice of the format that a plugin's folder is read as. Refuses a folder that is none, by
// saying what was looked for; runs nothing of it and asks no network.

import { AgentError } from '@opencomputer/contracts';
import { agentPluginSchemas, readAgentPlugin } from './agent-plugin.ts';
import { hasSkills, readAgentSkills } from './agent-skills.ts';
import { isClaudePlugin, readClaudePlugin } from './claude-plugin.ts';
import type { ImportedPlugin, PluginFormat, ReadFolder } from './imported-plugin.ts';
import { marketplaceFile } from './marketplace.ts';
import { isBundle, readBundle } from './mcp-bundle.ts';
import { findOwnManifest, readOwnManifest } from './own-manifest.ts';
import { PluginFolder } from './plugin-folder.ts';
import type { ReadHint } from './read-hint.ts';
import { isServerDescription, readServerDescription } from './server-description.ts';
import { isObject } from '../json-object.ts';

interface Format {
  readonly name: PluginFormat;
  readonly called: string;
  readonly lookedFor: string;
  recognises(folder: PluginFolder): Promise<boolean>;
  read(folder: PluginFolder, hint: ReadHint): Promise<ReadFolder>;
}

/** In the order in which they count. */
const formats: readonly Format[] = [
  {
    name: 'opencomputer',
    called: 'a plugin of ours',
    lookedFor: 'manifest.yaml',
    recognises: async (folder) => (await findOwnManifest(folder)) !== undefined,
    read: readOwnManifest,
  },
  {
    name: 'agent-plugin',
    called: 'an Agent Plugin',
    lookedFor: `plugin.json with the $schema of Agent Plugins`,
    recognises: isAgentPlugin,
    read: readAgentPlugin,
  },
  {
    name: 'claude-plugin',
    called: 'a Claude Code plugin',
    lookedFor: '.claude-plugin/plugin.json, commands, agents, hooks or .mcp.json',
    recognises: isClaudePlugin,
    read: readClaudePlugin,
  },
  {
    name: 'agent-skills',
    called: 'Agent Skills',
    lookedFor: 'SKILL.md, skills/*/SKILL.md or .claude/skills/*/SKILL.md',
    recognises: hasSkills,
    read: readAgentSkills,
  },
  {
    name: 'mcp-server',
    called: 'an MCP server.json',
    lookedFor: 'server.json',
    recognises: isServerDescription,
    read: readServerDescription,
  },
  {
    name: 'mcp-bundle',
    called: 'an MCP bundle',
    lookedFor: 'manifest.json with manifest_version',
    recognises: isBundle,
    read: (folder, hint) => readBundle(folder, hint, process.platform),
  },
];

/**
 * Reads an unpacked plugin of any format: one plugin of ours, or one for each of its MCP servers.
 * Throws PLUGIN_MANIFEST with file, line and what was expected, or with what was looked for.
 */
export async function readPluginFolder(
  directory: string,
  hint: ReadHint = {},
): Promise<ReadFolder> {
  const folder = await PluginFolder.open(directory);
  const found: Format[] = [];
  for (const format of formats) {
    const isAsked = hint.format === undefined || hint.format === format.name;
    if (isAsked && (await format.recognises(folder))) found.push(format);
  }
  // An entry of a marketplace may be all that is said of a plugin: the folder need not say it.
  const isEntry = hint.entry !== undefined && !found.some(({ name }) => name !== 'agent-skills');
  const chosen = isEntry ? formats.find(({ name }) => name === 'claude-plugin') : found[0];
  if (chosen === undefined) throw await nothingFound(folder, hint);
  const read = await chosen.read(folder, hint);
  const others = found.filter((format) => format !== chosen && !isPartOf(format, chosen));
  const notes = others.map(
    ({ called, name }) =>
      `it is also ${called} (${name}), which is not read: it is ${chosen.called}`,
  );
  return { format: read.format, plugins: withNotes(read.plugins, notes) };
}

/** Skills are part of the two formats of plugins that have a folder for them. */
function isPartOf(format: Format, chosen: Format): boolean {
  return format.name === 'agent-skills' && /^(?:agent|claude)-plugin$/.test(chosen.name);
}

function withNotes(
  plugins: readonly ImportedPlugin[],
  notes: readonly string[],
): readonly ImportedPlugin[] {
  return plugins.map((plugin, at) =>
    at === 0 ? { ...plugin, warnings: [...notes, ...plugin.warnings] } : plugin,
  );
}

async function isAgentPlugin(folder: PluginFolder): Promise<boolean> {
  if (!(await folder.isFile('plugin.json'))) return false;
  const value = (await folder.json('plugin.json'))?.value;
  const schema = isObject(value) ? value['$schema'] : undefined;
  return typeof schema === 'string' && schema.startsWith(agentPluginSchemas);
}

async function nothingFound(folder: PluginFolder, hint: ReadHint): Promise<AgentError> {
  if (await folder.isFile(marketplaceFile)) {
    const problem = 'it is a list of plugins: name the one that you want';
    return new AgentError('PLUGIN_MANIFEST', { file: marketplaceFile, problem });
  }
  const asked = formats.filter(({ name }) => hint.format === undefined || name === hint.format);
  const places = asked.map(({ lookedFor }) => lookedFor).join('; ');
  const problem = `there is no plugin in it; looked for: ${places}`;
  return new AgentError('PLUGIN_MANIFEST', { file: folder.directory, problem });
}
