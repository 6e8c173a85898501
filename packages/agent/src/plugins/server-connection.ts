// Owns the conversation with a third party's MCP server through the SDK's client, over stdio or
// Streamable HTTP. Refuses requests of the server to us: it gets no sampling, no roots, no questions.

import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { PriorDiscovery, Transport } from '@modelcontextprotocol/client';
import type { Clock, Json, JsonObject } from '@opencomputer/contracts';
import { ChildTransport } from './child-transport.ts';
import type { ChildSpecification } from './child.ts';
import type { PluginAnswer, PluginCall, PluginConnection, ServerListing } from './connection.ts';
import { isObject } from './json-object.ts';
import { readListedTool } from './listing-store.ts';

/** The first start of a server may download it. */
const CONNECT_MS_MAX = 120_000;
/** A server that speaks an older revision may leave the question for the newer one unanswered. */
const PROBE_MS_MAX = 10_000;
/** The deadline of a call bounds it; the client's own limit must not be shorter. */
const REQUEST_MS_MAX = 3_600_000;

/** How a server is reached: a process to start, or an address. */
export type ServerAddress =
  | { readonly type: 'process'; readonly specification: ChildSpecification }
  | { readonly type: 'url'; readonly url: string };

/**
 * Connects to a server. With what was remembered of its revision, no question is asked; when that no
 * longer holds, it is asked again in a fresh process. Rejects when the server cannot be used.
 */
export async function connectServer(
  address: ServerAddress,
  clock: Clock,
  prior?: Json,
): Promise<ServerConnection> {
  const attempts: (PriorDiscovery | undefined)[] = [undefined, { kind: 'legacy' }];
  if (isPrior(prior)) attempts.unshift(prior);
  let failure: unknown;
  for (const attempt of attempts) {
    try {
      return await ServerConnection.open(address, clock, attempt);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** A connected server. */
export class ServerConnection implements PluginConnection {
  readonly lost: Promise<string>;
  readonly #client: Client;
  readonly #transport: Transport;
  #isLost = false;

  private constructor(client: Client, transport: Transport) {
    this.#client = client;
    this.#transport = transport;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    client.onclose = () => {
      this.#isLost = true;
      resolve(transport instanceof ChildTransport ? transport.problem : 'the connection closed');
    };
  }

  static async open(
    address: ServerAddress,
    clock: Clock,
    prior: PriorDiscovery | undefined,
  ): Promise<ServerConnection> {
    const client = new Client(
      { name: 'opencomputer', version: '0.1.0' },
      { versionNegotiation: { mode: 'auto', probe: { timeoutMs: PROBE_MS_MAX } } },
    );
    const transport: Transport =
      address.type === 'process'
        ? new ChildTransport(address.specification, clock)
        : new StreamableHTTPClientTransport(new URL(address.url));
    const connection = new ServerConnection(client, transport);
    try {
      await client.connect(transport, {
        timeout: CONNECT_MS_MAX,
        ...(prior === undefined ? {} : { prior }),
      });
    } catch (error) {
      await transport.close();
      const problem = transport instanceof ChildTransport ? transport.problem : '';
      throw problem === '' ? error : new Error(problem, { cause: error });
    }
    return connection;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get log(): string {
    return this.#transport instanceof ChildTransport ? this.#transport.log : '';
  }

  stop(): Promise<void> {
    return this.#client.close();
  }

  async kill(): Promise<void> {
    if (this.#transport instanceof ChildTransport) await this.#transport.kill();
    await this.#client.close();
  }

  /** Its tools, and what must be remembered to skip the version question next time. */
  async list(signal: AbortSignal): Promise<ServerListing> {
    const { tools } = await this.#client.listTools(undefined, { signal, timeout: CONNECT_MS_MAX });
    const discover = this.#client.getDiscoverResult();
    const prior = discover === undefined ? { kind: 'legacy' } : { kind: 'modern', discover };
    return {
      version: this.#client.getServerVersion()?.version ?? '0.0.0',
      tools: tools.flatMap((tool) => readListedTool(tool)),
      prior: prior as unknown as Json,
    };
  }

  async call(call: PluginCall): Promise<PluginAnswer> {
    const params = { name: call.tool, arguments: { ...call.input } };
    try {
      const result = await this.#client.request(
        { method: 'tools/call', params },
        { signal: call.signal, timeout: REQUEST_MS_MAX },
      );
      return { type: 'result', result: result as unknown as JsonObject };
    } catch (error) {
      if (call.signal.aborted) return { type: 'cancelled', stopped: this.#responds() };
      if (error instanceof ProtocolError) {
        return { type: 'error', code: error.code, message: error.message.slice(0, 300) };
      }
      if (this.#isLost) return { type: 'lost', problem: await this.lost };
      const message = error instanceof Error ? error.message : String(error);
      return { type: 'error', code: 0, message: message.slice(0, 300) };
    }
  }

  /** A server does not say when a cancelled call has ended; that it still answers must do. */
  async #responds(): Promise<boolean> {
    try {
      if (this.#client.getProtocolEra() === 'modern') await this.#client.discover();
      else await this.#client.ping();
      return true;
    } catch (error) {
      return error instanceof ProtocolError;
    }
  }
}

function isPrior(value: Json | undefined): value is Json & PriorDiscovery {
  if (!isObject(value)) return false;
  return value['kind'] === 'legacy' || (value['kind'] === 'modern' && isObject(value['discover']));
}
