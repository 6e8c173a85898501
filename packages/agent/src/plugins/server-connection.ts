// Owns the conversation with a third party's MCP server through the SDK's client, over stdio or
// Streamable HTTP. Refuses its wishes for sampling and roots, and questions where nobody can be asked.

import {
  Client,
  OAuthClientFlowError,
  OAuthError,
  ProtocolError,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import type { CallToolResult, FetchLike, PriorDiscovery, Tool } from '@modelcontextprotocol/client';
import { isAgentError } from '@opencomputer/contracts';
import type { Clock, Json, JsonObject } from '@opencomputer/contracts';
import type { ServerAccess } from './access/index.ts';
import { ChildTransport } from './child-transport.ts';
import type { ChildSpecification } from './child.ts';
import type { PluginAnswer, PluginCall, PluginConnection, ServerListing } from './connection.ts';
import { isObject } from './json-object.ts';
import { readListedTool } from './listing-store.ts';
import { answerQuestions } from './server-question.ts';
import type { AskPerson } from './server-question.ts';

/** The first start of a server may download it. */
const CONNECT_MS_MAX = 120_000;
/** A process that speaks an older revision may leave the question for the newer one unanswered. */
const PROBE_MS_MAX = 10_000;
/** Over HTTP each question has its answer, which a busy server may give late. */
const PROBE_HTTP_MS_MAX = 60_000;
/** The deadline of a call bounds it; the client's own limit must not be shorter. */
const REQUEST_MS_MAX = 3_600_000;
/** Times that a person is sent to the authorization server for one request: access, then more of it. */
const LOGINS_MAX = 2;
/** A server's word for a parameter that is missing in the header fields (revision 2026-07-28). */
const HEADER_MISMATCH = -32020;

/** How a server is reached: a process to start, or an address. */
export type ServerAddress =
  | { readonly type: 'process'; readonly specification: ChildSpecification }
  | {
      readonly type: 'url';
      readonly url: string;
      /** Sent with each request to the server. */
      readonly headers?: Readonly<Record<string, string>>;
      /** The way to the network; without it the machine's own. */
      readonly fetch?: FetchLike;
      /** What lets us in where the server asks for a token (OAuth 2.1). */
      readonly access?: ServerAccess | undefined;
    };

/** What connecting needs. */
export interface ServerOptions {
  readonly clock: Clock;
  /** What was remembered of the server's revision. */
  readonly prior?: Json | undefined;
  /** Absent where nobody can be asked: then the server is told so. */
  readonly ask?: AskPerson | undefined;
}

/**
 * Connects to a server. With what was remembered of its revision, no question is asked; when that no
 * longer holds, it is asked again in a fresh process. Rejects when the server cannot be used.
 */
export async function connectServer(
  address: ServerAddress,
  options: ServerOptions,
): Promise<ServerConnection> {
  const { prior } = options;
  const attempts: (PriorDiscovery | undefined)[] = [undefined, { kind: 'legacy' }];
  if (isPrior(prior)) attempts.unshift(prior);
  let failure: unknown;
  for (const attempt of attempts) {
    try {
      return await ServerConnection.open(address, options, attempt);
    } catch (error) {
      failure = error;
      // Another revision would not let us in either, but send the person to log in once more.
      if (isAboutAccess(error)) break;
    }
  }
  throw failure;
}

/** A connected server. */
export class ServerConnection implements PluginConnection {
  readonly lost: Promise<string>;
  readonly #client: Client;
  readonly #transport: ChildTransport | StreamableHTTPClientTransport;
  readonly #access: ServerAccess | undefined;
  /** Tools with parameters that are repeated in header fields. */
  readonly #mirrored = new Map<string, Tool>();
  #isLost = false;

  private constructor(address: ServerAddress, { clock, ask }: ServerOptions) {
    this.#access = address.type === 'url' ? address.access : undefined;
    this.#client = clientFor(ask, address.type === 'url' ? PROBE_HTTP_MS_MAX : PROBE_MS_MAX);
    this.#transport =
      address.type === 'process'
        ? new ChildTransport(address.specification, clock)
        : transportTo(address);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#client.onclose = () => {
      this.#isLost = true;
      resolve(this.#problem || 'the connection closed');
    };
  }

  static async open(
    address: ServerAddress,
    options: ServerOptions,
    prior: PriorDiscovery | undefined,
  ): Promise<ServerConnection> {
    for (let logins = 0; ; logins += 1) {
      const connection = new ServerConnection(address, options);
      try {
        await connection.#connect(prior);
        return connection;
      } catch (error) {
        if (logins >= LOGINS_MAX || !(await connection.#logIn(error))) throw error;
      }
    }
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
    const { tools } = await this.#admitted(() =>
      // What may be remembered of a listing is for the listing store to say.
      this.#client.listTools(undefined, { signal, timeout: CONNECT_MS_MAX, cacheMode: 'refresh' }),
    );
    this.#mirrored.clear();
    for (const tool of tools) if (isMirrored(tool)) this.#mirrored.set(tool.name, tool);
    const discover = this.#client.getDiscoverResult();
    const prior = discover === undefined ? { kind: 'legacy' } : { kind: 'modern', discover };
    return {
      version: this.#client.getServerVersion()?.version ?? '0.0.0',
      tools: tools.flatMap((tool) => readListedTool(tool)),
      prior: prior as unknown as Json,
    };
  }

  async call(call: PluginCall): Promise<PluginAnswer> {
    try {
      const result = await this.#admitted(() => this.#callTool(call));
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

  async #callTool(call: PluginCall): Promise<CallToolResult> {
    const { tool: name, input, signal } = call;
    const send = (): Promise<CallToolResult> => {
      const inputSchema = this.#mirrored.get(name)?.inputSchema ?? { type: 'object' as const };
      // Without the schema of its output, which the client would compile.
      const toolDefinition = { name, inputSchema };
      const options = { signal, timeout: REQUEST_MS_MAX, toolDefinition };
      return this.#client.callTool({ name, arguments: { ...input } }, options);
    };
    try {
      return await send();
    } catch (error) {
      // Nothing has run: the tools were remembered, and the one here has changed or was not seen yet.
      if (!(error instanceof ProtocolError) || error.code !== HEADER_MISMATCH) throw error;
      await this.list(signal);
      return send();
    }
  }

  async #connect(prior: PriorDiscovery | undefined): Promise<void> {
    try {
      await this.#client.connect(this.#transport, {
        timeout: CONNECT_MS_MAX,
        ...(prior === undefined ? {} : { prior }),
      });
    } catch (error) {
      await this.#transport.close();
      throw this.#problem === '' ? error : new Error(this.#problem, { cause: error });
    }
  }

  /** Runs what a server may refuse for want of access, and again once there is access. */
  async #admitted<T>(run: () => Promise<T>): Promise<T> {
    for (let logins = 0; ; logins += 1) {
      try {
        return await run();
      } catch (error) {
        if (logins >= LOGINS_MAX || !(await this.#logIn(error))) throw error;
      }
    }
  }

  /** True when somebody let us in, so that what was refused may be tried again. */
  async #logIn(error: unknown): Promise<boolean> {
    const transport = this.#transport;
    if (!(error instanceof UnauthorizedError) || transport instanceof ChildTransport) return false;
    return this.#access?.logIn((answer) => transport.finishAuth(answer)) ?? false;
  }

  get #problem(): string {
    return this.#transport instanceof ChildTransport ? this.#transport.problem : '';
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

function clientFor(ask: AskPerson | undefined, timeoutMs: number): Client {
  const client = new Client(
    { name: 'opencomputer', version: '0.1.0' },
    {
      versionNegotiation: { mode: 'auto', probe: { timeoutMs } },
      ...(ask === undefined
        ? {}
        : { capabilities: { elicitation: { form: { applyDefaults: true } } } }),
    },
  );
  if (ask !== undefined) {
    const answer = answerQuestions(ask);
    client.setRequestHandler('elicitation/create', ({ params }, { mcpReq: { signal } }) =>
      answer(params, signal),
    );
  }
  return client;
}

function transportTo(
  address: ServerAddress & { readonly type: 'url' },
): StreamableHTTPClientTransport {
  const { url, headers = {}, fetch, access } = address;
  const way = access === undefined ? fetch : access.over(fetch ?? globalThis.fetch);
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    ...(way === undefined ? {} : { fetch: way }),
    ...(access === undefined ? {} : { authProvider: access.provider }),
  });
}

/** Whether a parameter of it is repeated in header fields (revision 2026-07-28). */
function isMirrored({ inputSchema }: Tool): boolean {
  return JSON.stringify(inputSchema).includes('"x-mcp-header"');
}

function isAboutAccess(error: unknown): boolean {
  if (error instanceof SdkHttpError) return error.status === 401 || error.status === 403;
  const kinds = [UnauthorizedError, OAuthError, OAuthClientFlowError];
  return isAgentError(error) || kinds.some((kind) => error instanceof kind);
}

function isPrior(value: Json | undefined): value is Json & PriorDiscovery {
  if (!isObject(value)) return false;
  return value['kind'] === 'legacy' || (value['kind'] === 'modern' && isObject(value['discover']));
}
