// Owns the access of the running host to one plugin's server: what was granted is used and refreshed.
// Refuses to send anybody anywhere: where a person is needed, it says so.

import type { FetchLike, OAuthClientProvider } from '@modelcontextprotocol/client';
import type { Clock } from '@opencomputer/contracts';
import { AccessProvider } from './access-provider.ts';
import { keepGrant, readGrant } from './grant.ts';
import type { GrantStore } from './grant.ts';
import { refreshingOnce } from './single-refresh.ts';

/** What lets a connection in at its server. */
export interface ServerAccess {
  readonly provider: OAuthClientProvider;
  /** The way to the network, for requests of this access. */
  over(fetch: FetchLike): FetchLike;
  /**
   * After a refusal: true when somebody let us in meanwhile. `exchange` makes tokens of the parameters
   * that a browser brought.
   */
  logIn(exchange: (answer: URLSearchParams) => Promise<void>): Promise<boolean>;
}

/** What the access of the host stands on. */
export interface AccessOptions {
  readonly plugin: string;
  /** The address of the server. */
  readonly url: string;
  readonly grants: GrantStore;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** The access for the host, where nobody can log in. Its requests fail with PLUGIN_LOGIN without one. */
export function openAccess({ plugin, url, grants, clock }: AccessOptions): ServerAccess {
  return {
    provider: new AccessProvider({
      plugin,
      read: () => readGrant(grants, plugin, url),
      keep: (grant) => keepGrant(grants, plugin, grant),
    }),
    over: (fetch) => refreshingOnce(fetch, clock),
    logIn: () => Promise.resolve(false),
  };
}
