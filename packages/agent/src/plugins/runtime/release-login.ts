// Owns the login of a person to the server of one release: through the proxy that the release has when
// it runs, with the headers of its manifest. Refuses releases that are no server at an address.

import { AgentError } from '@opencomputer/contracts';
import type { GrantStore, RegisteredClient, ServerLogin } from '../access/index.ts';
import { fetchThrough } from '../egress/index.ts';
import type { LaunchPlaces } from '../launch.ts';
import type { RunnableRelease } from '../manager/index.ts';
import { addressOf } from './connect.ts';
import { proxyOf, valuesOf } from './release-start.ts';
import type { ProxyParts, ReleaseStartParts } from './release-start.ts';

/** What logins stand on; the parts that releases are started with will do. */
export type ReleaseLoginParts = ProxyParts &
  Pick<ReleaseStartParts, 'configurationOf'> & {
    readonly places: Pick<LaunchPlaces, 'scratch' | 'environment'>;
    readonly grants: GrantStore;
  };

/** One login. */
export interface ReleaseLogin {
  /** Shows the person the address to open in a browser on this machine. */
  readonly show: (url: URL) => void | Promise<void>;
  /** Where the server's authorization server registers clients by hand only. */
  readonly client?: RegisteredClient;
  readonly signal: AbortSignal;
}

/**
 * Logs a person in to the server of a release; the host uses what was granted from its next request
 * on. Gives who granted what, and how many tools the server lists. Throws PLUGIN_LOGIN, PLUGIN_START.
 */
export async function loginToRelease(
  parts: ReleaseLoginParts,
  release: RunnableRelease,
  login: ReleaseLogin,
): Promise<ServerLogin & { readonly tools: number }> {
  const { name: plugin, manifest } = release;
  if (manifest.runtime !== 'mcp' || manifest.url === undefined) {
    throw new AgentError('PLUGIN_LOGIN', { plugin, problem: 'it has no server at an address' });
  }
  const proxy = proxyOf(parts, release);
  try {
    const values = valuesOf(parts, manifest, release.directory);
    const { url, headers, proxy: way } = addressOf({ manifest, values, proxy });
    const { loginToServer } = await import('../server-login.ts');
    const { grants, clock } = parts;
    const fetch = fetchThrough(way);
    return await loginToServer({ ...login, plugin, url, headers, fetch, grants, clock });
  } finally {
    await proxy?.close();
  }
}
