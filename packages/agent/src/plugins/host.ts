// Owns the one way to run a tool: a permit, checked arguments, a time limit, then the plugin. Refuses
// a call without a permit of the policy gate, and lets no plugin's end become an exception.

import { AgentError } from '@opencomputer/contracts';
import type { Clock, JsonObject, ToolOutcome } from '@opencomputer/contracts';
import type { CallOptions, Permit, PluginHost } from '@opencomputer/contracts/internal';
import { callBuiltin } from './builtin.ts';
import type { BuiltinPlugin } from './builtin.ts';
import { Catalogue } from './catalogue.ts';
import type { ActivePlugin, CatalogueTool, ReservedTools } from './catalogue.ts';
import type { PluginConnection, ServerListing } from './connection.ts';
import { startDeadline } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import { openFolderSync } from './durable-file.ts';
import type { FolderSync } from './durable-file.ts';
import { readableFolders } from './granted-paths.ts';
import type { InstalledPlugin, InstalledServer } from './installed.ts';
import { KitConnection } from './kit-connection.ts';
import { launchProgram, launchServer } from './launch.ts';
import type { LaunchPlaces, PluginAccess } from './launch.ts';
import { ListingStore } from './listing-store.ts';
import type { Fingerprint } from './listing-store.ts';
import { failure, interrupted } from './outcome.ts';
import { SchemaChecker } from './schema.ts';
import { serviceCaller } from './services.ts';
import type { ServiceRunner } from './services.ts';
import { Supervisor } from './supervisor.ts';
import type { PluginEvent } from './supervisor.ts';

/** Bytes of the arguments of one call. */
export const ARGUMENT_BYTES_MAX = 1_000_000;
const THIRD_PARTY_OUTPUT_BYTES_MAX = 1_000_000;
const THIRD_PARTY_IDLE_MS = 300_000;
const LIST_MS_MAX = 180_000;

/** What a plugin host needs of the composition root. */
export interface PluginHostOptions {
  readonly plugins: readonly InstalledPlugin[];
  readonly builtins: readonly BuiltinPlugin[];
  /** Names of tools that no server may take; see `InstalledPlugins`. */
  readonly reserved?: ReservedTools;
  /** True once for a permit of the policy gate. */
  readonly redeem: (permit: Permit) => boolean;
  /** Folder and key (32 bytes, base64) of a plugin's sealed values of one person. */
  readonly storageFor: (
    plugin: string,
    person: string,
  ) => Promise<{ readonly directory: string; readonly key: string }>;
  readonly callService: ServiceRunner;
  readonly clock: Clock;
  readonly places: LaunchPlaces & {
    /** Where listings of servers are remembered. */
    readonly listings: string;
  };
  /** A keyed hash of what a server's listing depends on; secrets may be in it. */
  readonly fingerprint: Fingerprint;
  readonly observe?: (event: PluginEvent) => void;
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
}

/** Makes a host. Starts nothing and reads nothing but remembered listings. */
export function createPluginHost(options: PluginHostOptions): ListingPluginHost {
  return new Host(options);
}

class Host implements ListingPluginHost {
  readonly #options: PluginHostOptions;
  readonly #builtins: ReadonlyMap<string, BuiltinPlugin>;
  readonly #plugins: readonly (ActivePlugin | InstalledPlugin)[];
  readonly #store: ListingStore;
  readonly #listings = new Map<string, ServerListing>();
  readonly #checker = new SchemaChecker();
  /** In the order of their first start. */
  readonly #supervisors = new Map<string, Supervisor>();
  #catalogue: Catalogue;
  #refreshing: Promise<ReadonlyMap<string, string>> | undefined;
  /** Servers that could not be asked for their tools the last time, with the problem. */
  #unreached: ReadonlyMap<string, string> = new Map();
  #isStopped = false;

  constructor(options: PluginHostOptions) {
    this.#options = options;
    this.#builtins = new Map(options.builtins.map((plugin) => [plugin.manifest.name, plugin]));
    const builtins = options.builtins.map(
      ({ manifest }) => ({ kind: 'builtin', name: manifest.name, manifest }) as const,
    );
    this.#plugins = [...builtins, ...options.plugins];
    const { places, clock, fingerprint } = options;
    this.#store = new ListingStore(places.listings, () => clock.now(), fingerprint);
    for (const server of this.#servers()) {
      const remembered = this.#store.read(server);
      if (remembered !== undefined) this.#listings.set(server.name, remembered.listing);
    }
    this.#catalogue = this.#newCatalogue();
  }

  tools(): Catalogue['tools'] {
    return this.#catalogue.tools;
  }

  intents(): Catalogue['intents'] {
    return this.#catalogue.intents;
  }

  describe(): ReturnType<PluginHost['describe']> {
    const described = this.#catalogue.describe(
      (plugin) => this.#builtins.has(plugin) || this.#supervisors.get(plugin)?.isRunning === true,
    );
    return described.map((summary) => {
      const problem = this.#unreached.get(summary.plugin);
      return problem === undefined ? summary : { ...summary, problem };
    });
  }

  log(plugin: string): string {
    return this.#supervisors.get(plugin)?.log ?? '';
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
      return await this.#run(tool, input, { options, deadline });
    } finally {
      deadline.dispose();
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const supervisor of [...this.#supervisors.values()].toReversed()) {
      await supervisor.close();
    }
  }

  refresh(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    this.#refreshing ??= this.#refresh(signal).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #problemOf(tool: CatalogueTool, input: JsonObject): Promise<string | undefined> {
    const bytes = Buffer.byteLength(JSON.stringify(input));
    if (bytes > ARGUMENT_BYTES_MAX) return `${bytes} bytes; at most ${ARGUMENT_BYTES_MAX}`;
    const check = await this.#checker.check(tool.declaration.input, tool.tier);
    return check(input);
  }

  async #run(
    tool: CatalogueTool,
    input: JsonObject,
    call: { readonly options: CallOptions; readonly deadline: Deadline },
  ): Promise<ToolOutcome> {
    const { owner, declaration } = tool;
    const { options, deadline } = call;
    const onService = serviceCaller(owner, {
      catalogue: () => this.#catalogue,
      run: this.#options.callService,
      options,
      signal: deadline.signal,
    });
    if (owner.kind === 'builtin') {
      const plugin = this.#builtins.get(owner.name);
      if (plugin === undefined) return failure('PLUGIN_UNKNOWN', { plugin: owner.name });
      return callBuiltin(plugin, { tool, input, options, deadline, onService });
    }
    const supervisor = this.#supervisor(owner);
    const common = { declaration, tool: tool.ownName, input, deadline, onService };
    if (owner.kind === 'server') return supervisor.call({ ...common, access: NO_ACCESS });
    const { idempotencyKey, now, timeZone } = options;
    const folders = readableFolders(owner.manifest.permissions, options.folders);
    let storage: { readonly directory: string; readonly key: string };
    try {
      storage = await this.#options.storageFor(owner.name, options.person);
    } catch (error) {
      const problem = problemOf(error);
      return failure('PLUGIN_START', { plugin: owner.name, problem });
    }
    const request = {
      ...common,
      access: { folders, storage: [storage.directory] },
      circumstances: {
        idempotencyKey,
        now,
        timeZone,
        folders,
        storage: { directory: storage.directory, key: storage.key },
      },
    };
    if (declaration.effect === 'read') return supervisor.call(request);
    let folder: FolderSync;
    try {
      folder = await openFolderSync(storage.directory);
    } catch (error) {
      return failure('STORE_FAILED', { problem: problemOf(error) });
    }
    const outcome = await supervisor.call(request);
    try {
      await folder.sync();
      return outcome;
    } catch (error) {
      return interrupted(declaration, 'STORE_FAILED', { problem: problemOf(error) });
    }
  }

  #supervisor(owner: Exclude<ActivePlugin, { kind: 'builtin' }>): Supervisor {
    const found = this.#supervisors.get(owner.name);
    if (found !== undefined) return found;
    const own = owner.kind === 'program';
    const supervisor = new Supervisor({
      plugin: owner.name,
      own,
      idleMs: own ? owner.manifest.resources.idleMs : THIRD_PARTY_IDLE_MS,
      outputBytesMax: own ? owner.manifest.resources.outputBytesMax : THIRD_PARTY_OUTPUT_BYTES_MAX,
      clock: this.#options.clock,
      start: (access) => this.#start(owner, access),
      observe: this.#options.observe ?? (() => undefined),
    });
    this.#supervisors.set(owner.name, supervisor);
    return supervisor;
  }

  async #start(
    owner: Exclude<ActivePlugin, { kind: 'builtin' }>,
    access: PluginAccess,
  ): Promise<PluginConnection> {
    if (this.#isStopped) throw new AgentError('SERVICE_STOPPING');
    const { clock, places } = this.#options;
    try {
      if (owner.kind === 'server') return await this.#connect(owner);
      return new KitConnection(await launchProgram(owner, access, places), clock);
    } catch (error) {
      const problem = problemOf(error);
      throw new AgentError('PLUGIN_START', { plugin: owner.name, problem }, { cause: error });
    }
  }

  /** The SDK's client is loaded with the first server that is started. */
  async #connect(server: InstalledServer): Promise<PluginConnection & Listing> {
    const { connectServer } = await import('./server-connection.ts');
    const { clock, places } = this.#options;
    const { command, url } = server.configuration;
    const prior = this.#listings.get(server.name)?.prior;
    if (command === undefined) {
      return connectServer({ type: 'url', url: url ?? '' }, clock, prior);
    }
    const specification = await launchServer(server, command, places);
    return connectServer({ type: 'process', specification }, clock, prior);
  }

  #newCatalogue(): Catalogue {
    return new Catalogue(this.#plugins, this.#listings, this.#options.reserved);
  }

  #servers(): readonly InstalledServer[] {
    return this.#options.plugins.filter((plugin) => plugin.kind === 'server');
  }

  async #refresh(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const problems = new Map<string, string>();
    for (const server of this.#servers()) {
      if (this.#isStopped || this.#store.read(server)?.isFresh === true) continue;
      const deadline = startDeadline(this.#options.clock, LIST_MS_MAX, signal);
      try {
        await Promise.race([this.#list(server, deadline.signal), deadline.rejection]);
      } catch (error) {
        problems.set(server.name, error instanceof Error ? error.message : String(error));
      } finally {
        deadline.dispose();
      }
    }
    this.#unreached = problems;
    return problems;
  }

  async #list(server: InstalledServer, signal: AbortSignal): Promise<void> {
    const connection = await this.#connect(server);
    try {
      const listing = await connection.list(signal);
      this.#listings.set(server.name, listing);
      this.#catalogue = this.#newCatalogue();
      await this.#store.write(server, listing);
    } finally {
      await connection.stop();
    }
  }
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Listing {
  list(signal: AbortSignal): Promise<ServerListing>;
}

const NO_ACCESS: PluginAccess = { folders: [], storage: [] };
