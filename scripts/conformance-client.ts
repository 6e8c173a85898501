// Owns the client that the MCP conformance suite starts for each of its scenarios: our own connection
// and login, told what to call. Refuses scenarios that it was not told how to play.

import { logInToServer } from '../packages/agent/src/plugins/access/index.ts';
import type { GrantStore, RegisteredClient } from '../packages/agent/src/plugins/access/index.ts';
import type { ServerAccess } from '../packages/agent/src/plugins/access/server-access.ts';
import { systemClock } from '../packages/agent/src/clock.ts';
import { connectServer } from '../packages/agent/src/plugins/server-connection.ts';
import type { ServerConnection } from '../packages/agent/src/plugins/server-connection.ts';
import type { JsonObject } from '@opencomputer/contracts';

/** The document that the suite's authorization servers know a client by. */
const CLIENT_METADATA_URL = 'https://conformance-test.local/client-metadata.json';
/** The last revision that begins with a handshake. */
const HANDSHAKE = '2025-11-25';
/** Many scenarios run at the same time. */
const SCENARIO_MS_MAX = 110_000;

interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
}

/** What the suite says of a scenario. */
interface Context {
  readonly toolCalls?: readonly ToolCall[];
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly issuer?: string;
}

async function main(url: string): Promise<void> {
  const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Context;
  const signal = AbortSignal.timeout(SCENARIO_MS_MAX);
  const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
  if (!scenario.startsWith('auth/')) return play({ url, context, signal });
  const client = registered(context);
  await logInToServer(
    {
      plugin: 'conformance',
      url,
      grants: inMemory(),
      clock: systemClock,
      show: visit,
      clientMetadataUrl: CLIENT_METADATA_URL,
      ...(client === undefined ? {} : { client }),
      signal,
    },
    (access) => play({ url, context, signal, access }),
  );
}

/** Connects, lists, and calls what the suite names, or else every tool. */
async function play(scenario: {
  readonly url: string;
  readonly context: Context;
  readonly signal: AbortSignal;
  readonly access?: ServerAccess;
}): Promise<void> {
  const { url, context, signal, access } = scenario;
  const isHandshake = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] === HANDSHAKE;
  const connection = await connectServer(
    { type: 'url', url, access },
    {
      clock: systemClock,
      prior: isHandshake ? { kind: 'legacy' } : undefined,
      // A person who says yes, and leaves every value at its default.
      ask: async () => ({ action: 'accept', content: {} }),
    },
  );
  try {
    const { tools } = await connection.list(signal);
    const calls =
      context.toolCalls ??
      tools.map(({ name, inputSchema }) => ({ name, arguments: sample(inputSchema) }));
    for (const call of calls) await run(connection, call, signal);
  } finally {
    await connection.stop();
  }
}

async function run(
  connection: ServerConnection,
  call: ToolCall,
  signal: AbortSignal,
): Promise<void> {
  const onService = (): Promise<never> => Promise.reject(new Error('no services'));
  const answer = await connection.call({
    tool: call.name,
    input: call.arguments,
    signal,
    onService,
  });
  console.log(call.name, JSON.stringify(answer));
  if (answer.type !== 'result') throw new Error(`${call.name}: ${JSON.stringify(answer)}`);
}

/** Some value for each required parameter of a tool. */
export function sample(schema: JsonObject): JsonObject {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, { type?: string }>;
    required?: string[];
  };
  return Object.fromEntries(
    required.map((name) => {
      const type = properties[name]?.type;
      return [name, type === 'number' || type === 'integer' ? 1 : type === 'boolean' ? true : 'a'];
    }),
  );
}

function registered({
  client_id: id,
  client_secret: secret,
  issuer,
}: Context): RegisteredClient | undefined {
  if (id === undefined || issuer === undefined) return undefined;
  return { id, issuer, ...(secret === undefined ? {} : { secret }) };
}

/** The suite's servers send a browser straight back; only the place that waits may be visited. */
async function visit(url: URL): Promise<void> {
  const answer = await fetch(url, { redirect: 'manual' });
  const back = answer.headers.get('location');
  await answer.body?.cancel();
  if (back === null)
    throw new Error(`${url.pathname} answered ${answer.status} without a redirect`);
  await (await fetch(back)).text();
}

function inMemory(): GrantStore {
  const texts = new Map<string, string>();
  return {
    get: async (plugin) => texts.get(plugin),
    set: async (plugin, text) => void texts.set(plugin, text),
    delete: async (plugin) => texts.delete(plugin),
  };
}

if (import.meta.main) await main(process.argv[2] ?? '');
