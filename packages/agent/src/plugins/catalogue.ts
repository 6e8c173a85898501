// Owns what the installed plugins offer: tools, intents, services, from manifests and remembered
// listings. Refuses two tools of one name: official ones come first, and the second is a problem.

import { AgentError } from '@opencomputer/contracts';
import type { Manifest, ToolDeclaration } from '@opencomputer/contracts';
import type {
  InstalledIntent,
  InstalledTool,
  PluginSummary,
} from '@opencomputer/contracts/internal';
import type { PluginTier } from '@opencomputer/contracts';
import type { ServerListing } from './connection.ts';
import type { InstalledPlugin, InstalledProgram, InstalledServer } from './installed.ts';
import { isContained, listsItself } from './release.ts';
import type { InstalledRelease } from './release.ts';
import { declareServerTools, leftOut } from './server-tools.ts';
import { satisfies } from './version-range.ts';

/** A plugin that runs in this process. */
export interface BuiltinManifest {
  readonly kind: 'builtin';
  readonly name: string;
  readonly manifest: Manifest;
}

/** A plugin that can be asked to do something. */
export type ActivePlugin = BuiltinManifest | InstalledProgram | InstalledRelease | InstalledServer;

/** A plugin of a host, those that are not run included. */
export type HostedPlugin = ActivePlugin | InstalledPlugin;

/** A tool with the plugin that runs it. */
export interface CatalogueTool extends InstalledTool {
  readonly owner: ActivePlugin;
  /** The plugin's own name of the tool. */
  readonly ownName: string;
}

/** Where a required service is found. */
export interface ServiceProvider {
  readonly plugin: string;
  readonly tool: string;
}

const tierOf = (plugin: ActivePlugin): PluginTier => {
  if (plugin.kind === 'builtin') return 'builtin';
  if (plugin.kind === 'program') return 'official';
  return plugin.kind === 'release' && isContained(plugin) ? 'contained' : 'third-party';
};

/** Names of tools that no server may take, each with the official plugin that declares it. */
export type ReservedTools = ReadonlyMap<string, string>;

/** A server's problems are said until there are this many. */
const PROBLEMS_SAID_MAX = 5;

/** What can be called, as of one instant. */
export class Catalogue {
  readonly tools: readonly InstalledTool[];
  readonly intents: readonly InstalledIntent[];
  readonly #plugins: readonly HostedPlugin[];
  readonly #listings: ReadonlyMap<string, ServerListing>;
  readonly #reserved: ReservedTools;
  readonly #byName = new Map<string, CatalogueTool>();
  readonly #problems = new Map<string, string[]>();

  constructor(
    plugins: readonly HostedPlugin[],
    listings: ReadonlyMap<string, ServerListing>,
    reserved: ReservedTools = new Map(),
  ) {
    this.#plugins = plugins;
    this.#listings = listings;
    this.#reserved = reserved;
    const intents: InstalledIntent[] = [];
    const active = plugins.filter((plugin) => plugin.kind !== 'refused');
    for (const plugin of active.toSorted((one, two) => rankOf(one) - rankOf(two))) {
      for (const { declaration, ownName } of this.#offered(plugin)) {
        this.#add(plugin, declaration, ownName);
      }
      if (plugin.kind === 'server') continue;
      const { name, aliases, provides } = plugin.manifest;
      for (const declaration of provides.intents) {
        if (this.#byName.get(declaration.tool)?.plugin !== name) continue;
        intents.push({ plugin: name, aliases, declaration });
      }
    }
    this.tools = [...this.#byName.values()];
    this.intents = intents;
  }

  tool(name: string): CatalogueTool | undefined {
    return this.#byName.get(name);
  }

  /** The first installed plugin, other than `asking`, that provides an operation of a service. */
  provider(
    asking: ActivePlugin,
    wanted: { readonly service: string; readonly operation: string },
  ): ServiceProvider | 'not-required' | undefined {
    if (asking.kind === 'server') return 'not-required';
    const required = asking.manifest.requires.services.find(({ name }) => name === wanted.service);
    if (required === undefined) return 'not-required';
    for (const plugin of this.#plugins) {
      if (plugin.kind === 'refused' || plugin.kind === 'server') continue;
      if (plugin.name === asking.name) continue;
      for (const service of plugin.manifest.provides.services) {
        if (service.name !== wanted.service) continue;
        if (!satisfies(service.version, required.version)) continue;
        const tool = service.operations[wanted.operation];
        if (tool !== undefined && this.#byName.get(tool)?.plugin === plugin.name) {
          return { plugin: plugin.name, tool };
        }
      }
    }
    return undefined;
  }

  /** One line for each plugin. */
  describe(isRunning: (plugin: string) => boolean): readonly PluginSummary[] {
    return this.#plugins.map((plugin) => {
      if (plugin.kind === 'refused') {
        const { name, tier, problem } = plugin;
        return { plugin: name, version: '', tier, state: 'refused', problem, tools: [] };
      }
      const problem = this.#problemOf(plugin.name);
      const own = [...this.#byName.values()].filter((tool) => tool.plugin === plugin.name);
      return {
        plugin: plugin.name,
        version: this.versionOf(plugin),
        tier: tierOf(plugin),
        state: isRunning(plugin.name) ? 'running' : 'idle',
        ...(problem === undefined ? {} : { problem }),
        tools: own.map(({ declaration: { name, description } }) => ({ tool: name, description })),
      };
    });
  }

  /** The version of a plugin; empty for a server that was not asked yet. */
  versionOf(plugin: ActivePlugin): string {
    if (plugin.kind !== 'server') return plugin.manifest.version;
    return this.#listings.get(plugin.name)?.version ?? '';
  }

  #offered(plugin: ActivePlugin): readonly { declaration: ToolDeclaration; ownName: string }[] {
    if (plugin.kind !== 'server' && !(plugin.kind === 'release' && listsItself(plugin.manifest))) {
      const { tools } = plugin.manifest.provides;
      // What is offered in every request costs every request: only official tools may ask for that.
      const always = plugin.kind !== 'release';
      return tools.map((tool) => ({
        declaration: always ? tool : { ...tool, always },
        ownName: tool.name,
      }));
    }
    const listed = this.#listings.get(plugin.name)?.tools ?? [];
    const allow = plugin.kind === 'server' ? plugin.configuration.allow : undefined;
    for (const problem of leftOut(listed, allow)) this.#note(plugin.name, problem);
    const tools = declareServerTools(plugin.name, listed, allow);
    return tools.map(({ declaration, listedName }) => ({ declaration, ownName: listedName }));
  }

  #add(owner: ActivePlugin, declaration: ToolDeclaration, ownName: string): void {
    const { name } = declaration;
    const plugin = owner.name;
    const holder = this.#holderOf(name, owner);
    if (holder !== undefined) {
      const { message, remedy } = new AgentError('TOOL_TAKEN', {
        plugin,
        tool: name,
        owner: holder,
      }).toData();
      this.#note(plugin, `${message} ${remedy}`);
      return;
    }
    const tier = tierOf(owner);
    this.#byName.set(name, { plugin, tier, declaration, owner, ownName });
  }

  /** The plugin that has the name, be it switched off; a server takes none of an official plugin's. */
  #holderOf(name: string, owner: ActivePlugin): string | undefined {
    const taken = this.#byName.get(name)?.plugin;
    const isForeign = owner.kind === 'server' || owner.kind === 'release';
    return taken ?? (isForeign ? this.#reserved.get(name) : undefined);
  }

  #note(plugin: string, problem: string): void {
    this.#problems.set(plugin, [...(this.#problems.get(plugin) ?? []), problem]);
  }

  #problemOf(plugin: string): string | undefined {
    const problems = this.#problems.get(plugin);
    if (problems === undefined) return undefined;
    const more = problems.length - PROBLEMS_SAID_MAX;
    const said = problems.slice(0, PROBLEMS_SAID_MAX).join(' ');
    return more > 0 ? `${said} And ${more} more.` : said;
  }
}

/** Official code declares before servers do, whatever order they are installed in. */
function rankOf(plugin: ActivePlugin): number {
  if (plugin.kind === 'builtin') return 0;
  return plugin.kind === 'program' ? 1 : 2;
}
