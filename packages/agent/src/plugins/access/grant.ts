// Owns what is kept of the access to one plugin's server: tokens, the client that they were issued to,
// and scopes that were missing. Refuses to give it out for another address than it was granted for.

import * as z from 'zod';
import type { StoredOAuthClientInformation, StoredOAuthTokens } from '@modelcontextprotocol/client';

/** Keeps one text for a plugin. Must seal it: whoever has it can act as the person at the server. */
export interface GrantStore {
  /** Undefined when there is none. */
  get(plugin: string): Promise<string | undefined>;
  set(plugin: string, text: string): Promise<void>;
  delete(plugin: string): Promise<unknown>;
}

/** Sealed values by plugin and name, such as the secrets of plugins. */
export interface SealedValues {
  get(plugin: string, name: string): Promise<string | undefined>;
  set(plugin: string, name: string, value: string): Promise<void>;
  delete(plugin: string, name: string): Promise<unknown>;
}

/** A name that no manifest can give to a secret: it has a dot. */
const GRANT_NAME = 'oauth.grant';

/** Grants beside the secrets of their plugins, so that they go with them. */
export function grantsIn(values: () => Promise<SealedValues>): GrantStore {
  return {
    get: async (plugin) => (await values()).get(plugin, GRANT_NAME),
    set: async (plugin, text) => (await values()).set(plugin, GRANT_NAME, text),
    delete: async (plugin) => (await values()).delete(plugin, GRANT_NAME),
  };
}

/** What is kept. */
export interface Grant {
  /** The address of the server. */
  readonly url: string;
  readonly client?: StoredOAuthClientInformation;
  readonly tokens?: StoredOAuthTokens;
  /** What the server asked for since, separated by spaces: for the next login. */
  readonly scope?: string;
}

const kept = z.object({
  url: z.string(),
  client: z.looseObject({ client_id: z.string(), issuer: z.string() }).optional(),
  tokens: z
    .looseObject({ access_token: z.string(), token_type: z.string(), issuer: z.string() })
    .optional(),
  scope: z.string().optional(),
});

/** The grant for a plugin's server; empty when there is none, or when it was for another address. */
export async function readGrant(store: GrantStore, plugin: string, url: string): Promise<Grant> {
  const text = await store.get(plugin);
  if (text === undefined) return { url };
  const read = kept.safeParse(parse(text));
  return read.success && read.data.url === url ? (read.data as Grant) : { url };
}

/** Keeps a grant. */
export async function keepGrant(store: GrantStore, plugin: string, grant: Grant): Promise<void> {
  await store.set(plugin, JSON.stringify(grant));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
