// Owns the daemon's server: one set of routes behind a socket file and, when asked, a loopback port,
// from the first request to an orderly stop. Refuses requests while it stops, and to print anything.

import { isUtf8 } from 'node:buffer';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AgentError, isAgentError, toErrorData } from '@opencomputer/contracts';
import type { Clock, ErrorData, IdentifierSource } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import { createAccessCheck } from './access.ts';
import { Activity } from './activity.ts';
import { addChatRoute } from './chat-route.ts';
import { failureBody } from './completion.ts';
import { addInternalRoutes } from './internal-routes.ts';
import { listenOnPort, listenOnSocket } from './listener.ts';
import { bodyBytesMax, errorHead } from './wire.ts';

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly service: AgentService;
  /** Absolute path of the socket file, in a folder of mode 0700. */
  readonly socketPath: string;
  /** Absent: the socket file only. 0: a free port. */
  readonly port?: number;
  /** A loopback address; `127.0.0.1` when absent. */
  readonly host?: string;
  /** What callers of the port must send as `Authorization: Bearer <key>`. */
  readonly apiKey: string;
  /** Version of this program, told to the commands that connect. */
  readonly version: string;
  /** Whose agent this is. */
  readonly person: string;
  /** IANA zone. */
  readonly timeZone: string;
  /** The conversation that an OpenAI `user` stands for; the same for the same `user`. */
  readonly conversationFor: (user: string) => string;
  readonly clock: Clock;
  readonly identifiers: IdentifierSource;
  /** A command asked the process to stop. Must return at once. */
  readonly onStop: () => void;
  /** Told of faults that no client can be told of. */
  readonly onFault: (error: unknown) => void;
}

/** A running gateway. */
export interface Gateway {
  /** Address of the port, such as `http://127.0.0.1:8080`; absent without one. */
  readonly url?: string;
  /** Answers what is running for at most `drainMsMax`, refuses the rest, then closes. */
  close(): Promise<void>;
}

/** Milliseconds in which running turns may end after a stop was asked for. */
export const drainMsMax = 18_000;

const limits = {
  connectionsMax: 2048,
  headerBytesMax: 16 * 1024,
  headersMsMax: 10_000,
  requestMsMax: 30_000,
  keepAliveMsMax: 72_000,
} as const;

/** Bytes of a body over the limit that are read and dropped, so that its sender reads the answer. */
const droppedBytesMax = 64 * 1024 * 1024;

/** Resolves when requests are taken on every listener; throws as `listener.ts` says. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const activity = new Activity(options.clock);
  const localConnections = new WeakSet<object>();
  const routes = createRoutes(options, { activity, localConnections });
  await routes.ready();
  const handle = (request: IncomingMessage, response: ServerResponse): void =>
    routes.routing(request, response);
  const local = makeServer(handle);
  local.on('connection', (connection: object) => localConnections.add(connection));
  const servers = [local];
  const close = async (): Promise<void> => {
    await activity.drain(drainMsMax);
    await Promise.all(servers.map(closeServer));
    await routes.close();
  };
  await listenOnSocket(local, options.socketPath);
  if (options.port === undefined) return { close: once(close) };
  const network = makeServer(handle);
  try {
    const { host = '127.0.0.1', port } = options;
    const url = await listenOnPort(network, { host, port });
    servers.push(network);
    return { url, close: once(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Doors {
  readonly activity: Activity;
  /** Connections that came through the socket file; every other one must bring the key. */
  readonly localConnections: WeakSet<object>;
}

function createRoutes(options: GatewayOptions, doors: Doors): FastifyInstance {
  const { activity, localConnections } = doors;
  const { onFault, onStop, service, version } = options;
  const checkAccess = createAccessCheck(options.apiKey);
  const isLocal = (connection: object): boolean => localConnections.has(connection);
  const server = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => {
      void sendError(error, { request, reply, onFault });
    },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) =>
    parseBody(body as Buffer, done),
  );
  server.addHook('onRequest', (request, reply, done) => {
    try {
      if (!isLocal(request.raw.socket)) checkAccess(request.raw);
      activity.admit(reply.raw);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  server.setErrorHandler<FastifyError>((error, request, reply) =>
    sendError(error, { request, reply, onFault }),
  );
  server.setNotFoundHandler((request, reply) => {
    const error = new AgentError('ROUTE_UNKNOWN', { route: request.url.slice(0, 200) });
    return sendError(error, { request, reply, onFault });
  });
  // Answered while requests are taken; from a stop on, 503 like everything else.
  server.get('/ready', (_request, reply) => reply.code(200).send('ready\n'));
  server.get('/metrics', async (_request, reply) => {
    const { text } = await service.query('metrics', {});
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
  });
  addChatRoute(server, {
    ...options,
    activity,
    assuranceOf: (connection) => (isLocal(connection) ? 'local' : 'key'),
  });
  server.register((internal, _options, done) => {
    internal.setErrorHandler<FastifyError>((error, request, reply) =>
      sendError(error, { request, reply, onFault, format: JSON.stringify }),
    );
    addInternalRoutes(internal, { service, activity, version, isLocal, onStop, onFault });
    done();
  });
  return server;
}

interface ErrorReply {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly onFault: (error: unknown) => void;
  /** Makes the body; the shape that OpenAI clients read when absent. */
  readonly format?: (data: ErrorData) => string;
}

function sendError(error: unknown, to: ErrorReply): FastifyReply {
  const { request, reply, format = failureBody, onFault } = to;
  const agentError = asAgentError(error, request);
  if (agentError.code === 'INTERNAL') onFault(error);
  const data = toErrorData(agentError);
  const { status, headers } = errorHead(data);
  // Closing now would reset the connection under a sender that has not read the answer yet.
  const bytes = Number(request.headers['content-length'] ?? 0);
  if (data.code === 'INPUT_TOO_LARGE' && bytes <= droppedBytesMax) reply.removeHeader('connection');
  if (data.code === 'SERVICE_STOPPING') reply.header('connection', 'close');
  return reply.code(status).headers(headers).send(format(data));
}

/** What the framework refuses by itself, in the words of the error table. */
function asAgentError(error: unknown, request: FastifyRequest): AgentError {
  if (isAgentError(error)) return error;
  const { code, statusCode, message } = error as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const bytes = request.headers['content-length'] ?? `more than ${bodyBytesMax}`;
    return new AgentError('INPUT_TOO_LARGE', { bytes, bytesMax: bodyBytesMax });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AgentError('INPUT_INVALID', { problem: message.replace(/\.$/, '') });
  }
  return new AgentError('INTERNAL', { problem: message }, { cause: error });
}

function parseBody(body: Buffer, done: (error: Error | null, value?: unknown) => void): void {
  if (!isUtf8(body)) return done(new AgentError('INPUT_ENCODING'));
  try {
    return done(null, JSON.parse(body.toString()));
  } catch {
    return done(new AgentError('INPUT_INVALID', { problem: 'the body is not JSON' }));
  }
}

function makeServer(handle: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersMsMax,
      requestTimeout: limits.requestMsMax,
      keepAliveTimeout: limits.keepAliveMsMax,
      maxHeaderSize: limits.headerBytesMax,
    },
    handle,
  );
  server.maxConnections = limits.connectionsMax;
  return server;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function once<Value>(run: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined;
  return () => (running ??= run());
}
