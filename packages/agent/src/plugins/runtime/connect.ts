// Owns which connection a release is spoken to with: by what its manifest says that it speaks. Refuses
// to start a process that was not enclosed.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Clock, Json, Manifest } from '@opencomputer/contracts';
import type { GrantStore } from '../access/index.ts';
import type { ChildSpecification } from '../child.ts';
import { CommandConnection } from '../command-connection.ts';
import { fetchThrough, requestThrough, tunnelThrough } from '../egress/index.ts';
import type { EgressProxy } from '../egress/index.ts';
import { KitConnection } from '../kit-connection.ts';
import type { HostedStorage } from '../kit-connection.ts';
import type { ReleaseConnection } from '../release.ts';
import { completeRecord, completeText } from './start-text.ts';
import type { StartValues } from './start-text.ts';

/** Where the socket of a plugin lies in its own folder. */
const SOCKET_NAME = 'plugin.sock';

/** What a release is connected with. */
export interface ConnectParts {
  readonly manifest: Manifest;
  readonly values: StartValues;
  /** Absent for a plugin without hosts. */
  readonly proxy: EgressProxy | undefined;
  readonly clock: Clock;
  readonly storage: HostedStorage;
  /** Access to servers that asked for a login; absent where nobody can have logged in. */
  readonly grants: GrantStore | undefined;
  /** The Node program. */
  readonly node: string;
  /** What was remembered of its protocol. */
  readonly prior: Json | undefined;
  /** Its process without an enclosure. Throws PLUGIN_START for a runtime that is none. */
  plain(): ChildSpecification;
  enclose(specification: ChildSpecification): Promise<ChildSpecification>;
}

/** Starts or reaches a release. Rejects with PLUGIN_START, PLUGIN_SANDBOX. */
export async function connectRelease(parts: ConnectParts): Promise<ReleaseConnection> {
  const { manifest, clock, storage, enclose, plain } = parts;
  switch (manifest.runtime) {
    case 'node':
      return new KitConnection(await enclose(plain()), clock);
    case 'python':
      return new KitConnection(await enclose(plain()), clock, storage);
    case 'command':
      return new CommandConnection((tool) => {
        const specification = plain();
        return enclose({ ...specification, arguments: [...specification.arguments, tool] });
      });
    case 'wasm':
      return runWasm(parts);
    case 'grpc':
      return reachGrpc(parts);
    case 'http':
      return reachHttp(parts);
    case 'mcp':
      return reachServer(parts);
    case 'oci':
    case 'wheel':
    case 'builtin':
    case 'none': {
      const problem = `runtime ${manifest.runtime} is not supported on this machine`;
      throw new AgentError('PLUGIN_START', { plugin: manifest.name, problem });
    }
  }
}

async function runWasm(parts: ConnectParts): Promise<ReleaseConnection> {
  const { launchWasm } = await import('../wasm/index.ts');
  const { manifest, values, node, enclose } = parts;
  const module = join(values.root, manifest.entry);
  const run = launchWasm(manifest, { node, module, directory: values.data });
  return new CommandConnection((tool) => enclose(run(tool)));
}

async function reachHttp(parts: ConnectParts): Promise<ReleaseConnection> {
  const { connectHttp, readOpenapi } = await import('../http/index.ts');
  const { manifest, values, clock } = parts;
  const { proxy, url, headers } = addressOf(parts);
  const file = join(values.root, manifest.openapi ?? '');
  const document = readOpenapi(await readFile(file, 'utf8'), manifest.openapi ?? '');
  const send: Parameters<typeof connectHttp>[1]['send'] = (request) =>
    requestThrough(proxy, request);
  return connectHttp(manifest, { document, url, headers, send, clock });
}

async function reachGrpc(parts: ConnectParts): Promise<ReleaseConnection> {
  const { connectGrpc, PLUGIN_SOCKET_VARIABLE } = await import('../grpc/index.ts');
  const { manifest, values, clock, enclose, plain } = parts;
  if (manifest.url !== undefined) {
    const { proxy, url, headers } = addressOf(parts);
    const { hostname, port, protocol } = new URL(url);
    const authority = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
    const dial = (signal: AbortSignal): ReturnType<typeof tunnelThrough> =>
      tunnelThrough(proxy, authority, signal);
    return connectGrpc(manifest, { address: { type: 'url', url, dial }, headers, clock });
  }
  const socket = join(values.data, SOCKET_NAME);
  const specification = plain();
  const environment = { ...specification.environment, [PLUGIN_SOCKET_VARIABLE]: socket };
  const enclosed = await enclose({ ...specification, environment });
  const address = { type: 'process', specification: enclosed, socket } as const;
  return connectGrpc(manifest, { address, headers: {}, clock });
}

async function reachServer(parts: ConnectParts): Promise<ReleaseConnection> {
  const { connectServer } = await import('../server-connection.ts');
  const { manifest, clock, prior, grants, enclose, plain } = parts;
  if (manifest.url === undefined) {
    const specification = await enclose(plain());
    return connectServer({ type: 'process', specification }, { clock, prior });
  }
  const { url, headers, proxy } = addressOf(parts);
  const address = { type: 'url', url, headers, fetch: fetchThrough(proxy) } as const;
  const { openAccess } = await import('../access/index.ts');
  // A plugin that brings its own key is let in by that, or not at all.
  const isKeyed = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  const access =
    isKeyed || grants === undefined
      ? undefined
      : openAccess({ plugin: manifest.name, url, grants, clock });
  return connectServer({ ...address, access }, { clock, prior });
}

/**
 * A server at an address: its host must be one that was consented to, so there is a proxy. Throws
 * PLUGIN_START.
 */
export function addressOf({
  manifest,
  values,
  proxy,
}: Pick<ConnectParts, 'manifest' | 'values' | 'proxy'>): {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy: EgressProxy;
} {
  const { name: plugin } = manifest;
  const url = completeText(manifest.url ?? '', values);
  if (url === undefined) {
    throw new AgentError('PLUGIN_START', { plugin, problem: 'its address is not configured' });
  }
  if (proxy !== undefined) {
    return { url, proxy, headers: completeRecord(manifest.headers ?? {}, values) };
  }
  const problem = 'its host is not in permissions.network';
  throw new AgentError('PLUGIN_START', { plugin, problem });
}
