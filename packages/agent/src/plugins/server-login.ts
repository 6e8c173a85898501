// Owns the login of a person to the server of one plugin, from the first refusal until its tools are
// listed. Refuses to call any of them.

import type { FetchLike } from '@modelcontextprotocol/client';
import { logInToServer } from './access/index.ts';
import type { ServerLogin, ServerLoginOptions } from './access/index.ts';
import { connectServer } from './server-connection.ts';

/** What logging in to a server needs. */
export interface LoginToServerOptions extends ServerLoginOptions {
  /** Sent with each request to the server. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The way to the network; without it the machine's own. */
  readonly fetch?: FetchLike;
}

/** Logs a person in, and counts the tools that this opens. Throws PLUGIN_LOGIN. */
export async function loginToServer(
  options: LoginToServerOptions,
): Promise<ServerLogin & { readonly tools: number }> {
  const { url, headers, fetch, clock, signal } = options;
  let tools = 0;
  const login = await logInToServer(options, async (access) => {
    const way = { ...(headers && { headers }), ...(fetch && { fetch }) };
    const connection = await connectServer({ type: 'url', url, ...way, access }, { clock });
    try {
      ({ length: tools } = (await connection.list(signal)).tools);
    } finally {
      await connection.stop();
    }
  });
  return { ...login, tools };
}
