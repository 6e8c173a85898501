// Owns the start of a release that is not part of the product: its code as it was consented to, in a
// full sandbox, with one way to the network. Refuses to start it in any weaker way.

import { mkdir } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Clock, IdentifierSource, JsonObject, Manifest } from '@opencomputer/contracts';
import type { GrantStore } from '../access/index.ts';
import type { ChildSpecification } from '../child.ts';
import type { ContentStore } from '../content/index.ts';
import { createEgressProxy, systemNetwork } from '../egress/index.ts';
import type { EgressEvent, EgressProxy } from '../egress/index.ts';
import type { HostedStorage } from '../kit-connection.ts';
import { LINE_BYTES_EXTRA } from '../launch.ts';
import type { LaunchPlaces } from '../launch.ts';
import { runtimeCommand } from '../launch-runtime.ts';
import type { RunnableRelease } from '../manager/index.ts';
import type { StartRelease } from '../release.ts';
import { chooseSandbox } from '../sandbox/index.ts';
import type { MachineFacts, Sandbox, SandboxSettings } from '../sandbox/index.ts';
import { connectRelease } from './connect.ts';
import { interpreterPath, rightsOf } from './rights.ts';
import { completeArguments, completeRecord, completeText, withDefaults } from './start-text.ts';
import type { StartValues } from './start-text.ts';

/** Programs that plugins find by name: of the machine, never of a person. */
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The longest call of a server at an address. */
const SERVER_MS_MAX = 3_600_000;

/** What a release says through its sandbox and its proxy. */
export type RuntimeEvent =
  | EgressEvent
  | { readonly name: 'sandbox-breach'; readonly plugin: string; readonly problem: string };

/** What releases are started with. */
export interface ReleaseStartParts {
  readonly clock: Clock;
  readonly identifier: IdentifierSource;
  readonly places: LaunchPlaces & {
    /** The person's home. */
    readonly home: string;
    /** A folder that only we can write, for what sandboxes need. */
    readonly sandboxes: string;
  };
  readonly content: Pick<ContentStore, 'open'>;
  /** Asked once, when the first release is started. */
  readonly machine: () => Promise<MachineFacts>;
  readonly storage: HostedStorage;
  /** What the operator configured for a plugin. */
  readonly configurationOf: (plugin: string) => JsonObject;
  /** What people were granted at servers that ask for a login. */
  readonly grants?: GrantStore;
  readonly secretOf: (plugin: string, name: string) => Promise<string | undefined>;
  /** `address:port` of local services that the operator opened to a plugin. */
  readonly localHostsOf: (plugin: string) => readonly string[];
  readonly observe: (event: RuntimeEvent) => void;
}

/** A way to start releases, each time in an enclosure of its own. */
export function createReleaseStarter(parts: ReleaseStartParts): StartRelease {
  return async (release, access, prior) => {
    const { name, manifest } = release;
    const directory = await parts.content.open(release.digest, name);
    const values = valuesOf(parts, manifest, directory);
    const { data } = values;
    for (const folder of [data, parts.places.sandboxes, ...access.storage]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    const proxy = proxyOf(parts, release);
    const end = (): Promise<void> => proxy?.close() ?? Promise.resolve();
    const network =
      proxy === undefined ? 'none' : { connect: (socket: Socket) => proxy.connect(socket) };
    const enclose = async (plain: ChildSpecification): Promise<ChildSpecification> => {
      const around = { access, data, home: parts.places.home, network } as const;
      const rights = rightsOf(release, { ...around, ...interpreterOf(plain.command) });
      const sandbox = await sandboxFor(parts, name);
      const breached = (problem: string): void =>
        parts.observe({ name: 'sandbox-breach', plugin: name, problem });
      return sandbox.enclose(plain, { plugin: name, rights, breached });
    };
    const { clock, storage, places, grants } = parts;
    const { node } = places;
    const plain = (): ChildSpecification => specificationOf(release, { values, places });
    try {
      const from = { manifest, values, proxy, clock, storage, grants, node, prior };
      const connection = await connectRelease({ ...from, plain, enclose });
      void connection.lost.then(end);
      return connection;
    } catch (error) {
      await end();
      throw error;
    }
  };
}

/** What the texts of a release's manifest are completed with. */
export function valuesOf(
  parts: Pick<ReleaseStartParts, 'configurationOf'> & {
    readonly places: Pick<LaunchPlaces, 'scratch' | 'environment'>;
  },
  manifest: Manifest,
  root: string,
): StartValues {
  const { environment, scratch } = parts.places;
  const configuration = withDefaults(manifest, parts.configurationOf(manifest.name));
  return { root, data: join(scratch, manifest.name), configuration, environment };
}

/** What is spawned without its enclosure. Only what the consent names comes from our environment. */
function specificationOf(
  release: RunnableRelease,
  around: { readonly values: StartValues; readonly places: LaunchPlaces },
): ChildSpecification {
  const { manifest, consent } = release;
  const { values, places } = around;
  const [command, ...words] = runtimeCommand({ manifest, directory: values.root }, places);
  const named = consent.permissions.environment.flatMap((name) => {
    const value = places.environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const kept = ['LANG', 'TZ'].flatMap((name) => {
    const value = places.environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const directory = completeText(manifest.directory ?? '', values) || values.data;
  const isNode = manifest.runtime === 'node';
  const flags = isNode
    ? [`--max-old-space-size=${manifest.resources.memoryMb}`, '--disable-sigusr1']
    : [];
  return {
    command,
    arguments: [...flags, ...completeArguments(words, values)],
    environment: {
      PATH: SYSTEM_PATH,
      ...Object.fromEntries([...kept, ...named]),
      ...completeRecord(manifest.environment ?? {}, values),
      HOME: values.data,
      TMPDIR: '/tmp',
    },
    directory,
    lineBytesMax: manifest.resources.outputBytesMax * 2 + LINE_BYTES_EXTRA,
  };
}

function interpreterOf(command: string): { readonly interpreter?: string } {
  const interpreter = interpreterPath(command);
  return interpreter === undefined ? {} : { interpreter };
}

async function sandboxFor(parts: ReleaseStartParts, plugin: string): Promise<Sandbox> {
  const settings: SandboxSettings = {
    machine: await parts.machine(),
    clock: parts.clock,
    newId: parts.identifier,
    directory: parts.places.sandboxes,
    node: parts.places.node,
  };
  const sandbox = chooseSandbox({ plugin, official: false, runsForeignCode: true }, settings);
  if (sandbox.tier === 'full') return sandbox;
  throw new AgentError('PLUGIN_SANDBOX', { plugin, problem: 'it needs a full sandbox' });
}

/** What the proxy of a release stands on. */
export type ProxyParts = Pick<ReleaseStartParts, 'clock' | 'localHostsOf' | 'secretOf' | 'observe'>;

/** The one way to the network, for a plugin that declared hosts. */
export function proxyOf(parts: ProxyParts, release: RunnableRelease): EgressProxy | undefined {
  const { name, consent, manifest } = release;
  const hosts = consent.permissions.network;
  if (hosts.length === 0) return undefined;
  // A call has its own end, and a server says nothing while it works on one.
  const isServer = manifest.runtime === 'mcp' && manifest.url !== undefined;
  return createEgressProxy({
    ...systemNetwork,
    plugin: name,
    ...(isServer && { limits: { idleMsMax: SERVER_MS_MAX, requestMsMax: SERVER_MS_MAX } }),
    hosts,
    localHosts: parts.localHostsOf(name),
    secrets: Object.entries(consent.secrets).map(([secret, allowed]) => ({
      name: secret,
      hosts: allowed,
    })),
    secret: (secret) => parts.secretOf(name, secret),
    clock: parts.clock,
    observe: parts.observe,
  });
}
