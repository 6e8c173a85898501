// Owns the way from what a person typed to a plugin that can be planned: fetched, chosen among
// several, read, written down. Refuses to run any of it, and to choose where a person should.

import { basename, join } from 'node:path';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type {
  PluginSource,
  SourceReference as ListedSource,
} from '@opencomputer/contracts/internal';
import { readMarketplace, readPluginFolder, writePluginTree } from '../formats/index.ts';
import type { ImportedPlugin, MarketplaceEntry, ReadHint } from '../formats/index.ts';
import { fetchSource } from '../sources/index.ts';
import type { FetchedSource, SourcePorts, SourceReference } from '../sources/index.ts';
import type { FetchedPlugin, ManagerPorts } from './ports.ts';

/** `calendar=./folder`: one plugin of several at that place. */
const chosenForm = /^([a-z0-9]+(?:[.-][a-z0-9]+)*)=(.+)$/s;

type FetchOne = (
  reference: string | SourceReference,
  signal: AbortSignal,
) => Promise<FetchedSource>;

/** Fetches plugins. Throws PLUGIN_SOURCE, PLUGIN_TREE, PLUGIN_MANIFEST; nothing is left then. */
export function createPluginFetch(
  ports: SourcePorts,
  fetchOne: FetchOne = (reference, signal) => fetchSource(reference, ports, signal),
): ManagerPorts['fetch'] {
  return async (reference, signal) => {
    const [, wanted, from = reference] = chosenForm.exec(reference) ?? [];
    const fetched = await fetchOne(from, signal);
    try {
      const entry = wanted === undefined ? undefined : await entryOf(fetched.directory, wanted);
      const located = await locate(fetched, entry, (listed) => fetchOne(listed, signal));
      return await readFetched(located, { reference, wanted, entry });
    } catch (error) {
      await fetched.dispose();
      throw error;
    }
  };
}

/** An entry of the list of plugins that a folder is, if it is one and has it. */
async function entryOf(directory: string, wanted: string): Promise<MarketplaceEntry | undefined> {
  try {
    const { entries } = await readMarketplace(directory);
    return entries.find(({ name }) => name === wanted);
  } catch (error) {
    // It is no list, so the name is that of one of its plugins.
    if (isAgentError(error, 'PLUGIN_MANIFEST')) return undefined;
    throw error;
  }
}

/** Where the plugin of an entry is: within the list itself, or fetched by its own source. */
async function locate(
  list: FetchedSource,
  entry: MarketplaceEntry | undefined,
  fetchListed: (source: SourceReference) => Promise<FetchedSource>,
): Promise<FetchedSource> {
  if (entry === undefined) return list;
  const { source, refused, name } = entry;
  if (source === undefined) {
    throw new AgentError('PLUGIN_SOURCE', { reference: name, problem: refused ?? 'no source' });
  }
  if (source.type === 'folder') {
    const within = source.path === '.' ? '' : source.path;
    const directory = join(list.directory, within);
    return { ...list, directory, source: sourceWithin(list.source, within) };
  }
  const fetched = await fetchListed(asTyped(source, name));
  await list.dispose();
  return fetched;
}

function sourceWithin(source: PluginSource, within: string): PluginSource {
  if (within === '') return source;
  if (source.type === 'folder') return { ...source, path: join(source.path, within) };
  if (source.type === 'git') return { ...source, path: join(source.path ?? '', within) };
  return source;
}

/** A source of a list in the words of what a person may type. Throws PLUGIN_SOURCE. */
function asTyped(source: Exclude<ListedSource, { type: 'folder' }>, name: string): SourceReference {
  switch (source.type) {
    case 'git': {
      const { url, path } = source;
      const ref = source.sha ?? source.ref;
      return { type: 'git', url, ...(ref && { ref }), ...(path && { path }) };
    }
    case 'npm':
      return { type: 'npm', package: source.package, range: source.version ?? 'latest' };
    case 'pypi': {
      const { version } = source;
      return { type: 'pypi', package: source.package, ...(version && { version }) };
    }
    case 'archive': {
      const { url, sha256 } = source;
      return { type: 'archive', url, ...(sha256 && { sha256 }) };
    }
    case 'image':
      return { type: 'image', reference: source.reference };
    case 'nuget': {
      const problem = 'packages of NuGet are not fetched';
      throw new AgentError('PLUGIN_SOURCE', { reference: name, problem });
    }
  }
}

interface Asked {
  readonly reference: string;
  readonly wanted: string | undefined;
  readonly entry: MarketplaceEntry | undefined;
}

async function readFetched(fetched: FetchedSource, asked: Asked): Promise<FetchedPlugin> {
  try {
    const { directory, source, publisher } = fetched;
    const hint = { ...hintOf(source), ...(asked.entry && { entry: asked.entry }) };
    const { plugins } = await readPluginFolder(directory, hint);
    const plugin = choose(plugins, asked);
    await writePluginTree(directory, plugin);
    const others = plugins.filter((other) => other !== plugin).map(({ manifest }) => manifest.name);
    const also = `it also holds ${others.join(', ')}; add each by name, as ${others[0]}=…`;
    return {
      directory,
      source,
      manifest: plugin.manifest,
      origin: 'local',
      parts: plugin.parts,
      ...(publisher && { publisher }),
      warnings: [
        ...fetched.warnings,
        ...plugin.warnings,
        ...(others.length > 0 && asked.wanted === undefined ? [also] : []),
      ],
      dispose: () => fetched.dispose(),
    };
  } catch (error) {
    await fetched.dispose();
    throw error;
  }
}

/** The one that was named; the entry of a list names a folder, whose first plugin is meant. */
function choose(plugins: readonly ImportedPlugin[], asked: Asked): ImportedPlugin {
  const { reference, wanted, entry } = asked;
  const named = plugins.find(({ manifest }) => manifest.name === wanted);
  const isFree = wanted === undefined || entry !== undefined;
  const chosen = named ?? (isFree ? plugins[0] : undefined);
  if (chosen !== undefined) return chosen;
  const names = plugins.map(({ manifest }) => manifest.name).join(', ');
  throw new AgentError('PLUGIN_SOURCE', { reference, problem: `it holds ${names}` });
}

/** What a plugin is called that says neither name nor version. */
function hintOf(source: PluginSource): ReadHint {
  switch (source.type) {
    case 'folder':
    case 'mcpb':
      return { name: basename(source.path).replace(/\.\w+$/, '') };
    case 'git':
      return { name: basename(source.path ?? source.url).replace(/\.git$/, '') };
    case 'npm':
    case 'wheel':
      return { name: basename(source.package), version: source.version };
    case 'oci':
    case 'image':
      return { name: basename(source.reference).replace(/[:@].*$/, '') };
    case 'server':
      return { name: source.name };
  }
}
