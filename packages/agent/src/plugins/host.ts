// Owns the one way to run a tool: a permit, checked arguments, a time limit, then the plugin. Refuses
// a call without a permit of the policy gate, and lets no plugin's end become an exception.

import { AgentError } from '@opencomputer/contracts';
import type { Clock, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions, Permit, PluginHost } from '@opencomputer/contracts/internal';
import type { BuiltinPlugin } from './builtin.ts';
import { CallCache } from './call-cache.ts';
import { Catalogue } from './catalogue.ts';
import type { CatalogueTool, HostedPlugin, ReservedTools } from './catalogue.ts';
import { startDeadline } from './deadline.ts';
import type { InstalledPlugin } from './installed.ts';
import type { LaunchPlaces } from './launch.ts';
import { ListedTools } from './listed-tools.ts';
import type { Fingerprint, ListedPlugin } from './listing-store.ts';
import type { RefusedRelease, RunnablePlugin } from './manager/index.ts';
import { PluginProcesses } from './processes.ts';
import { listsItself, managedPlugins } from './release.ts';
import type { StartRelease } from './release.ts';
import { SchemaChecker } from './schema.ts';
import type { PluginEvent } from './supervisor.ts';
import { runCall } from './tool-call.ts';
import type { CallEvent, CallParts } from './tool-call.ts';

/** Bytes of the arguments of one call. */
export const ARGUMENT_BYTES_MAX = 1_000_000;

/** What a plugin host needs of the composition root. */
export interface PluginHostOptions extends Pick<CallParts, 'storageFor' | 'callService'> {
  readonly plugins: readonly InstalledPlugin[];
  readonly builtins: readonly BuiltinPlugin[];
  /** Names of tools that no server may take; see `InstalledPlugins`. */
  readonly reserved?: ReservedTools;
  /** True once for a permit of the policy gate. */
  readonly redeem: (permit: Permit) => boolean;
  /** Absent: plugins of the manager cannot be started. */
  readonly startRelease?: StartRelease;
  readonly clock: Clock;
  readonly places: LaunchPlaces & {
    /** Where listings of servers are remembered. */
    readonly listings: string;
  };
  /** A keyed hash of what a server's listing depends on; secrets may be in it. */
  readonly fingerprint: Fingerprint;
  readonly observe?: (event: PluginEvent | CallEvent) => void;
}

/** The host, with what only the composition root uses. */
export interface ListingPluginHost extends PluginHost {
  /**
   * Asks servers of third parties for their tools where that is not remembered, one after the other.
   * Returns the servers that could not be asked, with the problem; `tools()` has the rest.
   */
  refresh(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** The end of what a running plugin wrote to its log. */
  log(plugin: string): string;
  /** Runs these plugins of the manager from now on; open calls of others end in peace. */
  replace(plugins: readonly RunnablePlugin[], refused: readonly RefusedRelease[]): void;
}

/** Makes a host. Starts nothing and reads nothing but remembered listings. */
export function createPluginHost(options: PluginHostOptions): ListingPluginHost {
  return new Host(options);
}

class Host implements ListingPluginHost {
  readonly #options: PluginHostOptions;
  /** Of the product and of the configuration. */
  readonly #own: readonly HostedPlugin[];
  #managed: readonly HostedPlugin[] = [];
  readonly #listed: ListedTools;
  readonly #checker = new SchemaChecker();
  readonly #calls: CallParts;
  #catalogue: Catalogue;

  constructor(options: PluginHostOptions) {
    this.#options = options;
    const { clock, places, storageFor, callService, builtins } = options;
    const observe = options.observe ?? ((): undefined => undefined);
    const builtin = builtins.map(
      ({ manifest }) => ({ kind: 'builtin', name: manifest.name, manifest }) as const,
    );
    this.#own = [...builtin, ...options.plugins];
    const processes = new PluginProcesses({
      clock,
      places,
      startRelease: options.startRelease ?? cannotStart,
      prior: (plugin) => this.#listed.of(plugin)?.prior,
      observe,
    });
    this.#listed = new ListedTools({ ...options, directory: places.listings, processes });
    this.#calls = {
      builtins: new Map(builtins.map((plugin) => [plugin.manifest.name, plugin])),
      processes,
      cache: new CallCache(clock),
      catalogue: () => this.#catalogue,
      storageFor,
      callService,
      observe,
    };
    this.#catalogue = this.#newCatalogue();
  }

  tools(): Catalogue['tools'] {
    return this.#catalogue.tools;
  }

  intents(): Catalogue['intents'] {
    return this.#catalogue.intents;
  }

  describe(): ReturnType<PluginHost['describe']> {
    const { builtins, processes } = this.#calls;
    const described = this.#catalogue.describe(
      (plugin) => builtins.has(plugin) || processes.isRunning(plugin),
    );
    return described.map((summary) => {
      const problem = this.#listed.problemOf(summary.plugin);
      return problem === undefined ? summary : { ...summary, problem };
    });
  }

  log(plugin: string): string {
    return this.#calls.processes.log(plugin);
  }

  replace(plugins: readonly RunnablePlugin[], refused: readonly RefusedRelease[]): void {
    this.#managed = managedPlugins(plugins, refused);
    this.#catalogue = this.#newCatalogue();
    const running = plugins.flatMap(({ current, trial }) =>
      trial === undefined ? [current] : [current, trial.release],
    );
    this.#calls.processes.retireAllBut(running);
  }

  async call(permit: Permit, options: CallOptions): Promise<ToolOutcome> {
    if (!this.#options.redeem(permit)) throw new AgentError('POLICY_BYPASSED');
    const { plugin } = permit;
    const { tool: name, arguments: input } = permit.call;
    const tool = this.#catalogue.tool(name);
    if (tool === undefined) {
      return { status: 'refused', text: new AgentError('TOOL_UNKNOWN', { tool: name }).message };
    }
    if (tool.plugin !== plugin) {
      const taken = new AgentError('TOOL_TAKEN', { plugin, tool: name, owner: tool.plugin });
      return { status: 'refused', text: taken.message };
    }
    const { declaration } = tool;
    const deadline = startDeadline(this.#options.clock, declaration.timeoutMs, options.signal);
    try {
      const problem = await this.#problemOf(tool, input);
      if (problem !== undefined) {
        const { message } = new AgentError('TOOL_ARGUMENTS', { tool: name, problem });
        return { status: 'refused', text: message };
      }
      if (deadline.signal.aborted) return deadline.outcome(declaration, false);
      return await runCall(this.#calls, { tool, input, options, deadline });
    } finally {
      deadline.dispose();
    }
  }

  async stop(): Promise<void> {
    await this.#calls.processes.stop();
  }

  refresh(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return this.#listed.refresh(
      () => this.#askable(),
      () => {
        this.#catalogue = this.#newCatalogue();
      },
      signal,
    );
  }

  async #problemOf(tool: CatalogueTool, input: JsonObject): Promise<string | undefined> {
    const bytes = Buffer.byteLength(JSON.stringify(input));
    if (bytes > ARGUMENT_BYTES_MAX) return `${bytes} bytes; at most ${ARGUMENT_BYTES_MAX}`;
    const check = await this.#checker.check(tool.declaration.input, tool.tier);
    return check(input);
  }

  /** The plugins as they are now, with what is remembered of those that have to be asked. */
  #newCatalogue(): Catalogue {
    const reserved = new Map(this.#options.reserved);
    for (const [tool, owner] of reserved) if (this.#isReplaced(owner)) reserved.delete(tool);
    return new Catalogue(this.#all(), this.#listed.read(this.#askable()), reserved);
  }

  /**
   * A plugin of the manager takes the place of an official one of its name, and of what the
   * configuration says of it, which is no server that cannot be started.
   */
  #all(): readonly HostedPlugin[] {
    const managed = new Set(this.#managed.map(({ name }) => name));
    const own = this.#own.filter(({ kind, name }) =>
      kind === 'refused' ? !managed.has(name) : !this.#isReplaced(name),
    );
    return [...own, ...this.#managed];
  }

  #isReplaced(plugin: string): boolean {
    return this.#managed.some(({ name, kind }) => name === plugin && kind === 'release');
  }

  #askable(): readonly ListedPlugin[] {
    return this.#all().flatMap((plugin): readonly ListedPlugin[] => {
      if (plugin.kind === 'server') return [plugin];
      return plugin.kind === 'release' && listsItself(plugin.manifest) ? [plugin] : [];
    });
  }
}

const cannotStart: StartRelease = ({ name }) => {
  const problem = 'this program has no sandbox for it';
  return Promise.reject(new AgentError('PLUGIN_SANDBOX', { plugin: name, problem }));
};
