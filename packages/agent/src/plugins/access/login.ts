// Owns the login of a person to a plugin's server: to the authorization server in a browser and back,
// until the server answers. Refuses to wait for ever, and to keep half a login.

import type { FetchLike, StoredOAuthClientInformation } from '@modelcontextprotocol/client';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock } from '@opencomputer/contracts';
import { AccessProvider } from './access-provider.ts';
import { keepGrant, readGrant } from './grant.ts';
import type { Grant, GrantStore } from './grant.ts';
import { openLoopback } from './loopback.ts';
import type { Loopback } from './loopback.ts';
import type { ServerAccess } from './server-access.ts';

/** For a person to find the password, and the telephone with the second factor. */
const LOGIN_MS_MAX = 300_000;

/** A client that was registered by hand at one authorization server. */
export interface RegisteredClient {
  readonly id: string;
  readonly secret?: string;
  /** The authorization server's own name for itself. */
  readonly issuer: string;
}

/** What a login needs. */
export interface ServerLoginOptions {
  readonly plugin: string;
  /** The address of the MCP server. */
  readonly url: string;
  readonly grants: GrantStore;
  readonly clock: Clock;
  /** Shows the person the address to open. */
  readonly show: (url: URL) => void | Promise<void>;
  readonly client?: RegisteredClient;
  /** See `AccessProvider`. */
  readonly clientMetadataUrl?: string;
  readonly signal: AbortSignal;
}

/** How a login ended. */
export interface ServerLogin {
  /** Who granted it; undefined when the server asked for no login. */
  readonly issuer?: string;
  /** What was granted, separated by spaces, where that was said. */
  readonly scope?: string;
}

/**
 * Logs a person in: `use` connects to the server with the access that it is given, and asks it
 * something. What was granted is kept by then. Throws PLUGIN_LOGIN, and what `use` throws.
 */
export async function logInToServer(
  options: ServerLoginOptions,
  use: (access: ServerAccess) => Promise<void>,
): Promise<ServerLogin> {
  const { plugin, url, grants } = options;
  const loopback = await openLoopback();
  let kept: Grant | undefined;
  const provider = new AccessProvider({
    plugin,
    // Anew, but with the scopes that were missing.
    read: async () => ({ url, ...scopeOf(await readGrant(grants, plugin, url)) }),
    keep: async (grant) => {
      await keepGrant(grants, plugin, grant);
      kept = grant;
    },
    login: loopback,
    registered: informationOf(options.client),
    clientMetadataUrl: options.clientMetadataUrl,
  });
  try {
    await use({
      provider,
      over: (fetch: FetchLike) => fetch,
      logIn: personLogIn(options, loopback, provider),
    });
    const { tokens } = kept ?? {};
    if (tokens === undefined) return {};
    return {
      ...(tokens.issuer === undefined ? {} : { issuer: tokens.issuer }),
      ...(tokens.scope === undefined ? {} : { scope: tokens.scope }),
    };
  } catch (error) {
    throw isAgentError(error) ? error : failed(plugin, error);
  } finally {
    await loopback.close();
  }
}

function personLogIn(
  { plugin, show, clock, signal }: ServerLoginOptions,
  loopback: Loopback,
  provider: AccessProvider,
): ServerAccess['logIn'] {
  return async (exchange) => {
    const place = provider.pending;
    if (place === undefined) return false;
    provider.pending = undefined;
    const late = new AbortController();
    const cancel = clock.after(LOGIN_MS_MAX, () =>
      late.abort(failed(plugin, new Error('nobody came back from it in time'))),
    );
    try {
      await show(place);
      const answer = await loopback.answer(AbortSignal.any([signal, late.signal]));
      await provider.answered(() => exchange(answer));
      return true;
    } finally {
      cancel();
    }
  };
}

function informationOf(
  client: RegisteredClient | undefined,
): StoredOAuthClientInformation | undefined {
  if (client === undefined) return undefined;
  const { id, secret, issuer } = client;
  return { client_id: id, ...(secret === undefined ? {} : { client_secret: secret }), issuer };
}

function scopeOf({ scope }: Grant): Pick<Grant, 'scope'> {
  return scope === undefined ? {} : { scope };
}

function failed(plugin: string, error: unknown): AgentError {
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  return new AgentError('PLUGIN_LOGIN', { plugin, problem }, { cause: error });
}
