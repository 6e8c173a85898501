// Owns an installed plugin that is not part of the product, as the host sees it: the release that
// runs, the one on trial beside it, and which of the two answers a call. Refuses to start any.

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Json, Manifest } from '@opencomputer/contracts';
import type { PluginConnection, ServerListing } from './connection.ts';
import type { InstalledPlugin } from './installed.ts';
import type { PluginAccess } from './launch.ts';
import { permissionLines } from './manager/permission-lines.ts';
import type { RefusedRelease, RunnablePlugin, RunnableRelease } from './manager/index.ts';

/** A plugin of the manager. */
export interface InstalledRelease {
  readonly kind: 'release';
  readonly name: string;
  /** Of the current release: what the plugin offers. */
  readonly manifest: Manifest;
  readonly current: RunnableRelease;
  readonly trial?: RunnablePlugin['trial'];
}

/** A connection that may be able to say which tools there are. */
export type ReleaseConnection = PluginConnection & {
  list?(signal: AbortSignal): Promise<ServerListing>;
};

/**
 * Starts a release in a sandbox, or not at all. `prior` is what was remembered of its protocol.
 * Rejects with PLUGIN_SANDBOX, PLUGIN_ALTERED, PLUGIN_START, PLUGIN_LOGIN.
 */
export type StartRelease = (
  release: RunnableRelease,
  access: PluginAccess,
  prior?: Json,
) => Promise<ReleaseConnection>;

/** The manager's plugins in the form of the host. */
export function managedPlugins(
  runnable: readonly RunnablePlugin[],
  refused: readonly RefusedRelease[],
): readonly (InstalledPlugin | InstalledRelease)[] {
  return [
    ...runnable.map(({ current, trial }): InstalledRelease => {
      const { name, manifest } = current;
      return { kind: 'release', name, manifest, current, ...(trial && { trial }) };
    }),
    ...refused.map(
      ({ name, problem }) => ({ kind: 'refused', name, tier: 'third-party', problem }) as const,
    ),
  ];
}

/** True when whatever is given to a plugin stays with it: it may touch nothing but its own storage. */
export function isContained({ current, trial }: InstalledRelease): boolean {
  const { runtime } = current.manifest;
  if (runtime === 'http' || runtime === 'grpc' || current.manifest.url !== undefined) return false;
  const lines = [current, ...(trial ? [trial.release] : [])].map(({ consent }) => consent);
  return lines.every((consent) => permissionLines(consent).length === 0);
}

/** True when the tools of a release are not in its manifest: it has to be asked. */
export function listsItself({ runtime, provides }: Manifest): boolean {
  return ['mcp', 'oci', 'wheel', 'grpc'].includes(runtime) && provides.tools.length === 0;
}

/**
 * The release that answers a call. A retry of a call has the same key, so it goes to the same one. The
 * one on trial gets its share of the calls of tools that it declares in the very same way.
 */
export function releaseFor(
  plugin: InstalledRelease,
  call: { readonly tool: string; readonly idempotencyKey: string },
): RunnableRelease {
  const { current, trial } = plugin;
  if (trial === undefined) return current;
  const declared = ({ manifest }: RunnableRelease): unknown =>
    manifest.provides.tools.find(({ name }) => name === call.tool);
  if (!isDeepStrictEqual(declared(current), declared(trial.release))) return current;
  const digest = createHash('sha256').update(`${trial.release.digest}\0${call.idempotencyKey}`);
  const part = digest.digest().readUInt32BE(0) / 2 ** 32;
  return part < trial.share ? trial.release : current;
}
