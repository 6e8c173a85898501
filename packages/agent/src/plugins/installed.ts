// Owns the list of plugins that are installed: official ones by their folders, servers of third
// parties by the configuration. Refuses to start or trust any; a broken one is listed with its problem.

import { access, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Manifest, PluginConfiguration } from '@opencomputer/contracts';
import { loadManifest } from './manifest-file.ts';
import { satisfies } from './version-range.ts';

const PLUGINS_MAX = 500;

/** A plugin of ours that runs in a process of its own. */
export interface InstalledProgram {
  readonly kind: 'program';
  readonly name: string;
  readonly manifest: Manifest;
  readonly directory: string;
  /** The program file. */
  readonly entry: string;
  /** Folders that its code may be read from beside its own: none for a built plugin. */
  readonly libraries: readonly string[];
}

/** What the configuration says of a server. */
export type ServerConfiguration = PluginConfiguration & {
  /** The server's own names of the tools that may be used; absent: all. */
  readonly allow?: readonly string[];
};

/** An MCP server of a third party that the person trusts. */
export interface InstalledServer {
  readonly kind: 'server';
  readonly name: string;
  readonly configuration: ServerConfiguration;
}

/** A plugin that is not run, and why. */
export interface RefusedPlugin {
  readonly kind: 'refused';
  readonly name: string;
  readonly tier: 'official' | 'third-party';
  readonly problem: string;
}

export type InstalledPlugin = InstalledProgram | InstalledServer | RefusedPlugin;

/** A folder that holds one folder for each official plugin. */
export interface PluginDirectory {
  readonly directory: string;
  /** Where plugins that run from source find what they import; absent: `packages` and
   * `node_modules` beside the directory, as in this repository. */
  readonly libraries?: readonly string[];
}

/** Where plugins come from. */
export interface InstalledOptions {
  readonly directories: readonly PluginDirectory[];
  readonly configuration: Readonly<Record<string, ServerConfiguration>>;
  readonly frameworkVersion: string;
}

/** What was found, in the order of start, and warnings of unknown keys. */
export interface InstalledPlugins {
  readonly plugins: readonly InstalledPlugin[];
  /** Tools of all official plugins, those that are switched off included, with their plugin. */
  readonly reserved: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Lists what is installed, from files alone. A plugin whose manifest is wrong, whose server is not
 * trusted or whose name is taken is listed as refused; nothing of it stops the others.
 */
export async function installed(options: InstalledOptions): Promise<InstalledPlugins> {
  const plugins = new Map<string, InstalledPlugin>();
  /** Names of official plugins, those that run in this process or are switched off included. */
  const official = new Set<string>();
  const reserved = new Map<string, string>();
  const warnings: string[] = [];
  for (const directory of options.directories) {
    for (const folder of await foldersOf(directory.directory)) {
      const { name, tools, plugin, warnings: found } = await readPlugin(folder, directory, options);
      warnings.push(...found);
      if (name !== undefined) official.add(name);
      for (const tool of tools ?? []) reserved.set(tool, reserved.get(tool) ?? name ?? folder);
      if (plugin === undefined || options.configuration[plugin.name]?.enabled === false) continue;
      if (plugins.has(plugin.name)) warnings.push(`${folder}: "${plugin.name}" is installed twice`);
      else plugins.set(plugin.name, plugin);
    }
  }
  for (const [name, server] of Object.entries(options.configuration)) {
    const isServer = server.command !== undefined || server.url !== undefined;
    if (!server.enabled || (!isServer && official.has(name))) continue;
    if (official.has(name))
      warnings.push(`plugins.${name}: the name is that of an official plugin`);
    else plugins.set(name, readServer(name, server));
  }
  return { plugins: [...plugins.values()].slice(0, PLUGINS_MAX), reserved, warnings };
}

function readServer(name: string, configuration: ServerConfiguration): InstalledPlugin {
  const refuse = (error: AgentError): RefusedPlugin => ({
    kind: 'refused',
    name,
    tier: 'third-party',
    problem: error.message,
  });
  if (configuration.command === undefined && configuration.url === undefined) {
    return refuse(new AgentError('PLUGIN_UNKNOWN', { plugin: name }));
  }
  if (!configuration.trust) return refuse(new AgentError('PLUGIN_UNTRUSTED', { plugin: name }));
  return { kind: 'server', name, configuration };
}

/** What a folder holds: nothing, or the name of an official plugin, and what is run of it. */
interface FoundPlugin {
  readonly name?: string;
  /** Names of the tools that it declares. */
  readonly tools?: readonly string[];
  /** Absent for one that runs in this process. */
  readonly plugin?: InstalledPlugin;
  readonly warnings: readonly string[];
}

async function readPlugin(
  folder: string,
  from: PluginDirectory,
  options: InstalledOptions,
): Promise<FoundPlugin> {
  const directory = join(from.directory, folder);
  let tools: readonly string[] = [];
  try {
    const found = await loadManifest(directory);
    if (found === undefined) return { warnings: [] };
    const { manifest, warnings, file } = found;
    const { name } = manifest;
    tools = manifest.provides.tools.map((tool) => tool.name);
    const refuse = (problem: string): AgentError =>
      new AgentError('PLUGIN_MANIFEST', { file, problem });
    if (manifest.runtime !== 'node') return { name, tools, warnings };
    if (!satisfies(options.frameworkVersion, manifest.framework_version)) {
      const wanted = `framework_version: it is for ${manifest.framework_version}`;
      throw refuse(`${wanted}, and this is ${options.frameworkVersion}`);
    }
    const entry = await findEntry(directory, manifest.entry);
    if (entry === undefined) throw refuse(`entry: there is no file ${manifest.entry}`);
    const root = dirname(from.directory);
    const beside = [join(root, 'packages'), join(root, 'node_modules')];
    const libraries = entry.endsWith('.ts') ? (from.libraries ?? beside) : [];
    const plugin = { kind: 'program', name, manifest, directory, entry, libraries } as const;
    return { name, tools, plugin, warnings };
  } catch (error) {
    if (!isAgentError(error, 'PLUGIN_MANIFEST')) throw error;
    const problem = error.message;
    const plugin = { kind: 'refused', name: folder, tier: 'official', problem } as const;
    return { name: folder, tools, plugin, warnings: [] };
  }
}

/** The program: `entry`, or when the plugin runs from source its TypeScript. Never outside. */
async function findEntry(directory: string, entry: string): Promise<string | undefined> {
  const source = join('src', entry.replace(/\.js$/, '.ts'));
  for (const candidate of [entry, source]) {
    const path = join(directory, candidate);
    if (relative(directory, path).startsWith('..')) return undefined;
    if (await exists(path)) return path;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Names of the folders, sorted; a directory that is missing has none. */
async function foldersOf(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders.map((entry) => entry.name).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
