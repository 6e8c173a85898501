// Owns the wiring of plugins: the host with its storage and services, the manager of what a person
// installed, secrets, metrics. Refuses to load any of the manager before something is installed.

import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type {
  Clock,
  Configuration,
  Grant,
  IdentifierSource,
  Manifest,
} from '@opencomputer/contracts';
import * as driving from './driver/index.ts';
import { once } from './once.ts';
import {
  createPluginAnswers,
  createPluginHost,
  installed,
  PluginMetrics,
} from './plugins/index.ts';
import type {
  BuiltinPlugin,
  CallEvent,
  ContentStore,
  CurrentIndex,
  ListingPluginHost,
  ManagerEvent,
  ManagerPorts,
  PluginAnswers,
  PluginEvent,
  PluginManager,
  RuntimeEvent,
  SecretStore,
  StartRelease,
} from './plugins/index.ts';
import type { Gate } from './policy/index.ts';
import type { Store } from './store/index.ts';
import { version } from './version.ts';

/** What the wiring needs of the composition root. */
export interface ExtensionParts {
  readonly store: Pick<Store, 'directory' | 'sealing'>;
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pluginDirectory: string;
  readonly clock: Clock;
  readonly identifier: IdentifierSource;
  readonly gate: Gate;
  readonly grants: readonly Grant[];
  /** Whose secrets are kept. */
  readonly person: string;
  readonly report: (error: unknown, about: string) => void;
  /** Plugins that run in this process; `host` is there when one of them is called. */
  readonly builtins: (host: () => ListingPluginHost) => Promise<readonly BuiltinPlugin[]>;
}

/** Plugins as the composition root uses them. */
export interface Extensions {
  readonly host: ListingPluginHost;
  readonly queries: PluginAnswers;
  /** Lets go of all processes; trials have their counts then. */
  stop(): Promise<void>;
}

type SomeEvent = PluginEvent | CallEvent | ManagerEvent | RuntimeEvent;

/**
 * Makes the host and, when something is installed, hands it over. A damaged list of what is installed
 * is reported and stops nothing: those plugins are off until it is repaired.
 */
export async function openExtensions(parts: ExtensionParts): Promise<Extensions> {
  const { store, configuration, pluginDirectory, report } = parts;
  const { warnings, ...found } = await installed({
    directories: [{ directory: pluginDirectory }],
    configuration: configuration.plugins,
    frameworkVersion: version,
  });
  for (const warning of warnings) report(new Error(warning), 'plugins');
  const metrics = new PluginMetrics();
  const watch = createWatch(parts, metrics);
  const secrets = once(() => openSecrets(parts));
  const content = once(() => openContent(store));
  const builtins = await parts.builtins(() => host);
  const host: ListingPluginHost = makeHost(parts, {
    ...found,
    builtins,
    startRelease: createStarter(parts, { secrets, content, observe: watch.observe }),
    observe: watch.observe,
  });
  const isTaken = nameCheck(configuration, builtins);
  const official = officialManifests(found.plugins);
  const open = once(async () => {
    const kept = await content();
    return openManager(parts, { host, content: kept, official, isTaken, observe: watch.observe });
  });
  const isAny = (): boolean => existsSync(lockfileOf(store));
  watch.follow(open);
  if (isAny()) await open().catch((error: unknown) => report(error, 'plugins'));
  return {
    host,
    queries: createPluginAnswers({ host, open, isAny, secrets, metrics }),
    stop: async () => {
      await watch.stop();
      await host.stop();
    },
  };
}

function lockfileOf({ directory }: ExtensionParts['store']): string {
  return directory.file('plugins.lock.json');
}

type HostOptions = Parameters<typeof createPluginHost>[0];
type FoundParts = Pick<
  HostOptions,
  'plugins' | 'builtins' | 'reserved' | 'startRelease' | 'observe'
>;

function makeHost(parts: ExtensionParts, found: FoundParts): ListingPluginHost {
  const { store, environment, clock, gate, grants } = parts;
  const host: ListingPluginHost = createPluginHost({
    ...found,
    redeem: (permit) => gate.redeem(permit),
    fingerprint: (text) => store.sealing.hash('listing', text),
    storageFor: async (plugin, person) => {
      const seal = await store.sealing.person(person);
      const folder = store.sealing.hash('plugin-folder', `${plugin}\0${person}`).slice(0, 32);
      const directory = store.directory.file(join('plugins', plugin, folder));
      return { directory, key: Buffer.from(seal.deriveKey(`plugin:${plugin}`)).toString('base64') };
    },
    callService: (plugin, tool, call) =>
      driving.callForPlugin({ host, gate, grants }, plugin, { tool, ...call }),
    clock,
    places: {
      node: process.execPath,
      scratch: store.directory.file('scratch'),
      listings: store.directory.file('listings'),
      environment,
    },
  });
  return host;
}

/** Names of parts of the agent itself, and of servers of the configuration. */
function nameCheck(
  { plugins }: Configuration,
  builtins: readonly BuiltinPlugin[],
): (name: string) => boolean {
  const names = new Set(builtins.map(({ manifest }) => manifest.name));
  for (const [name, { command, url }] of Object.entries(plugins)) {
    if (command !== undefined || url !== undefined) names.add(name);
  }
  return (name) => names.has(name);
}

function officialManifests(plugins: HostOptions['plugins']): readonly Manifest[] {
  return plugins.flatMap((plugin) => (plugin.kind === 'program' ? [plugin.manifest] : []));
}

async function openContent({ directory }: ExtensionParts['store']): Promise<ContentStore> {
  const { createContentStore } = await import('./plugins/content/index.ts');
  return createContentStore(directory.file('plugin-code'));
}

async function openSecrets({ store, person }: ExtensionParts): Promise<SecretStore> {
  const { createSecretStore } = await import('./plugins/manager/secret-store.ts');
  return createSecretStore(store.directory.file('plugin-secrets.json'), async () =>
    (await store.sealing.person(person)).deriveKey('plugin-secrets'),
  );
}

interface Watch {
  observe(event: SomeEvent): void;
  /** Where news of releases goes, once it is there. */
  follow(manager: () => Promise<PluginManager>): void;
  stop(): Promise<void>;
}

/** Hands what happens on: to the counts, to the manager, and what matters to the log. */
function createWatch({ clock, report }: ExtensionParts, metrics: PluginMetrics): Watch {
  let manager: (() => Promise<PluginManager>) | undefined;
  const counter = once(async () => {
    const { CallCounter } = await import('./plugins/manager/call-counter.ts');
    return new CallCounter(clock, async (...counted) => (await manager?.())?.count(...counted));
  });
  let isCounting = false;
  const followed = async (event: SomeEvent): Promise<void> => {
    if (!('release' in event) || event.release === undefined) return;
    const { plugin, release } = event;
    if (event.name === 'plugin-call' && !event.isCancelled) {
      isCounting = true;
      await (await counter()).add({ plugin, release, status: event.status });
    } else if (event.name === 'plugin-pause') {
      await (await manager?.())?.crashed(plugin, release, event.problem ?? 'it crashed');
    }
  };
  return {
    follow: (open) => (manager = open),
    observe: (event) => {
      metrics.observe(event);
      const told = tellingOf(event);
      if (told !== undefined) report(new Error(told), 'plugins');
      followed(event).catch((error: unknown) => report(error, 'plugins'));
    },
    stop: async () => {
      if (!isCounting) return;
      await (await counter()).flush().catch((error: unknown) => report(error, 'plugins'));
    },
  };
}

/** What the log has of it, if it is not daily business. */
function tellingOf(event: SomeEvent): string | undefined {
  const { name, plugin } = event;
  if (name === 'plugin-withdraw') return `${plugin} was withdrawn: ${event.reason}`;
  if (name === 'plugin-rollback') return `${plugin} went back to ${event.version}: ${event.reason}`;
  if (name === 'canary-end') return `the trial of ${plugin} ${event.version}: ${event.reason}`;
  if (name === 'plugin-pause') return `${plugin} is paused: ${event.problem}`;
  if (name === 'sandbox-breach') return `${plugin} broke out of its rules: ${event.problem}`;
  return undefined;
}

interface StarterParts {
  readonly secrets: () => Promise<SecretStore>;
  readonly content: () => Promise<ContentStore>;
  readonly observe: (event: RuntimeEvent) => void;
}

/** Starts releases in their sandbox; what that takes is loaded with the first one. */
function createStarter(
  parts: ExtensionParts,
  { secrets, content, observe }: StarterParts,
): StartRelease {
  const { store, environment, clock, identifier, configuration } = parts;
  const starter = once(async () => {
    const [{ createHostedStorage, createReleaseStarter, grantsIn }, { machineProbe }] =
      await Promise.all([
        import('./plugins/runtime/index.ts'),
        import('./plugins/sandbox/index.ts'),
      ]);
    return createReleaseStarter({
      clock,
      identifier,
      content: await content(),
      machine: machineProbe(),
      storage: createHostedStorage(),
      configurationOf: (plugin) => configuration.plugins[plugin]?.settings ?? {},
      localHostsOf: (plugin) => configuration.plugins[plugin]?.localHosts ?? [],
      secretOf: async (plugin, name) => (await secrets()).get(plugin, name),
      grants: grantsIn(secrets),
      observe,
      places: {
        node: process.execPath,
        scratch: store.directory.file('scratch'),
        sandboxes: store.directory.file('sandboxes'),
        environment,
        home: homeOf(parts),
      },
    });
  });
  return async (...started) => (await starter())(...started);
}

function homeOf({ environment, store }: ExtensionParts): string {
  return environment['HOME'] ?? environment['USERPROFILE'] ?? store.directory.path;
}

interface ManagedParts {
  readonly host: ListingPluginHost;
  readonly content: ContentStore;
  readonly official: readonly Manifest[];
  readonly isTaken: (name: string) => boolean;
  readonly observe: (event: ManagerEvent) => void;
}

async function openManager(parts: ExtensionParts, from: ManagedParts): Promise<PluginManager> {
  const { store, clock, identifier } = parts;
  const { content, official, observe, host, isTaken } = from;
  const [{ PluginManager, createLockfile, withdrawListed }, { manifestOfTree }] = await Promise.all(
    [import('./plugins/manager/index.ts'), import('./plugins/formats/plugin-tree.ts')],
  );
  const fetching = once(() => makeFetch(parts, (indexes) => withdrawListed(manager, indexes)));
  const manager: PluginManager = await PluginManager.open({
    lockfile: createLockfile(lockfileOf(store)),
    content,
    clock,
    identifier,
    frameworkVersion: version,
    official,
    fetch: async (reference, signal) => {
      const fetched = await (await fetching())(reference, signal);
      const { name: plugin } = fetched.manifest;
      if (!isTaken(plugin)) return fetched;
      await fetched.dispose();
      const problem = 'a part of the agent or a server of the configuration has its name';
      throw new AgentError('PLUGIN_CONFLICT', { plugin, problem });
    },
    manifestOf: manifestOfTree,
    apply: async (plugins, refused) => host.replace(plugins, refused),
    observe,
  });
  return manager;
}

/** The way to get plugins; folders that an earlier process left are removed first. */
async function makeFetch(
  parts: ExtensionParts,
  refreshed: (indexes: readonly CurrentIndex[]) => Promise<void>,
): Promise<ManagerPorts['fetch']> {
  const [{ createIndexedFetch }, { createPluginFetch }, { systemSources }, registry, guard] =
    await Promise.all([
      import('./plugins/manager/index.ts'),
      import('./plugins/manager/fetch-plugin.ts'),
      import('./plugins/sources/index.ts'),
      import('./plugins/registry/index.ts'),
      import('./plugins/guarded-fetch.ts'),
    ]);
  const { clock, environment, configuration, store } = parts;
  const temporary = store.directory.file('fetching');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const sources = systemSources({ fetch, clock, environment, temporary, home: homeOf(parts) });
  const directory = store.directory.file('plugin-indexes');
  const guarded = guard.createGuardedFetch({ fetch, clock }, sources.limits);
  const reading = { fetch: guarded, oci: sources.registry, temporary, directory, clock };
  return createIndexedFetch(createPluginFetch(sources), {
    frameworkVersion: version,
    indexes: async (signal) => {
      const { registries } = configuration;
      const indexes = await registry.refreshIndexes({ ...reading, registries }, signal);
      await refreshed(indexes);
      return indexes;
    },
  });
}
