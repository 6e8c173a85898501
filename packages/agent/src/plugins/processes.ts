// Owns the processes of all plugins: one supervisor for each plugin, or for each release of one, made
// with its first call. Refuses to choose what runs: it is told, and lets go of what is no longer.

import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock, Json, PluginRuntime } from '@opencomputer/contracts';
import type { PluginConnection, ServerListing } from './connection.ts';
import type { InstalledProgram, InstalledServer } from './installed.ts';
import { KitConnection } from './kit-connection.ts';
import { launchProgram, launchServer } from './launch.ts';
import type { LaunchPlaces, PluginAccess } from './launch.ts';
import type { RunnableRelease } from './manager/index.ts';
import type { ReleaseConnection, StartRelease } from './release.ts';
import { Supervisor } from './supervisor.ts';
import type { PluginEvent } from './supervisor.ts';

const THIRD_PARTY_OUTPUT_BYTES_MAX = 1_000_000;
const THIRD_PARTY_IDLE_MS = 300_000;

/** Something that runs in a process of its own. */
export type Startable =
  | InstalledProgram
  | InstalledServer
  | { readonly kind: 'release'; readonly name: string; readonly release: RunnableRelease };

/** What processes are started with. */
export interface ProcessParts {
  readonly clock: Clock;
  readonly places: LaunchPlaces;
  readonly startRelease: StartRelease;
  /** What was remembered of the protocol that a plugin speaks. */
  prior(plugin: string): Json | undefined;
  observe(event: PluginEvent): void;
}

/** A connection that can say which tools there are. */
export type ListingConnection = PluginConnection & {
  list(signal: AbortSignal): Promise<ServerListing>;
};

/** The processes of a host. */
export class PluginProcesses {
  readonly #parts: ProcessParts;
  /** In the order of their first start. */
  readonly #supervisors = new Map<string, Supervisor>();
  #isStopped = false;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
  }

  /** The supervisor of a plugin, or of one of its releases. */
  of(plugin: Startable): Supervisor {
    const key = keyOf(plugin);
    const found = this.#supervisors.get(key);
    if (found !== undefined) return found;
    const { clock, observe } = this.#parts;
    const supervisor = new Supervisor({
      plugin: plugin.name,
      ...(plugin.kind === 'release' && { release: plugin.release.digest }),
      ...boundsOf(plugin),
      clock,
      start: (access) => this.#start(plugin, access),
      observe,
    });
    this.#supervisors.set(key, supervisor);
    return supervisor;
  }

  isRunning(plugin: string): boolean {
    return this.#named(plugin).some(({ isRunning }) => isRunning);
  }

  /** The ends of what its running processes wrote to their logs. */
  log(plugin: string): string {
    return this.#named(plugin)
      .map(({ log }) => log)
      .filter((log) => log !== '')
      .join('\n');
  }

  /** A process of its own for a question about tools. Rejects when it cannot say. */
  async connectToList(plugin: Startable): Promise<ListingConnection> {
    if (this.#isStopped) throw new AgentError('SERVICE_STOPPING');
    const connection = await this.#connect(plugin, { folders: [], storage: [] });
    if (canList(connection)) return connection;
    await connection.stop();
    throw new AgentError('PLUGIN_START', { plugin: plugin.name, problem: 'it lists no tools' });
  }

  /** Lets go of the releases that are no longer run: each ends with its last open call. */
  retireAllBut(releases: readonly RunnableRelease[]): void {
    const kept = new Set(releases.map((release) => releaseKey(release)));
    for (const [key, supervisor] of this.#supervisors) {
      if (!key.includes('@') || kept.has(key)) continue;
      this.#supervisors.delete(key);
      void supervisor.retire();
    }
  }

  /** Ends all of them, the last one started first. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const supervisor of [...this.#supervisors.values()].toReversed()) {
      await supervisor.close();
    }
  }

  #named(plugin: string): readonly Supervisor[] {
    return [...this.#supervisors].flatMap(([key, supervisor]) =>
      key === plugin || key.startsWith(`${plugin}@`) ? [supervisor] : [],
    );
  }

  async #start(plugin: Startable, access: PluginAccess): Promise<PluginConnection> {
    if (this.#isStopped) throw new AgentError('SERVICE_STOPPING');
    try {
      return await this.#connect(plugin, access);
    } catch (error) {
      if (isAgentError(error) && error.code === 'PLUGIN_LOGIN') throw error;
      const problem = error instanceof Error ? error.message : String(error);
      throw new AgentError('PLUGIN_START', { plugin: plugin.name, problem }, { cause: error });
    }
  }

  async #connect(plugin: Startable, access: PluginAccess): Promise<ReleaseConnection> {
    const { clock, places, startRelease, prior } = this.#parts;
    if (plugin.kind === 'release') {
      return startRelease(plugin.release, access, prior(plugin.name));
    }
    if (plugin.kind === 'program') {
      return new KitConnection(await launchProgram(plugin, access, places), clock);
    }
    // The SDK's client is loaded with the first server that is started.
    const { connectServer } = await import('./server-connection.ts');
    const { command, url } = plugin.configuration;
    if (command === undefined) {
      return connectServer({ type: 'url', url: url ?? '' }, { clock, prior: prior(plugin.name) });
    }
    const specification = await launchServer(plugin, command, places);
    return connectServer({ type: 'process', specification }, { clock, prior: prior(plugin.name) });
  }
}

function canList(connection: ReleaseConnection): connection is ListingConnection {
  return connection.list !== undefined;
}

function keyOf(plugin: Startable): string {
  return plugin.kind === 'release' ? releaseKey(plugin.release) : plugin.name;
}

function releaseKey({ name, digest }: RunnableRelease): string {
  return `${name}@${digest}`;
}

function boundsOf(plugin: Startable): { own: boolean; idleMs: number; outputBytesMax: number } {
  if (plugin.kind === 'server') {
    const [idleMs, outputBytesMax] = [THIRD_PARTY_IDLE_MS, THIRD_PARTY_OUTPUT_BYTES_MAX];
    return { own: false, idleMs, outputBytesMax };
  }
  const { manifest } = plugin.kind === 'release' ? plugin.release : plugin;
  const { idleMs, outputBytesMax } = manifest.resources;
  return { own: saysOutcomes(plugin), idleMs, outputBytesMax };
}

/** Plugins on an author kit, and connections of ours, say how a call ended; MCP servers only text. */
function saysOutcomes(plugin: Exclude<Startable, InstalledServer>): boolean {
  return plugin.kind === 'program' || !otherServers.includes(plugin.release.manifest.runtime);
}

const otherServers: readonly PluginRuntime[] = ['mcp', 'oci', 'wheel'];
