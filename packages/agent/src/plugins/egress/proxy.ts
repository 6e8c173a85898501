// Owns the only way from one process of a plugin to the network: connections handed to it, their
// requests and tunnels, and what is told of each decision. Refuses whatever was not declared.

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { Clock, ErrorCode } from '@opencomputer/contracts';
import { answerError, closeWithError } from './answer.ts';
import { openConnection, upstreamError } from './connect.ts';
import type { Network } from './connect.ts';
import { forward } from './forward.ts';
import { hostText } from './host.ts';
import { watchIdle } from './idle.ts';
import type { EgressLimits } from './limits.ts';
import { HostRules } from './rules.ts';
import type { Destination, Request } from './rules.ts';
import { DeclaredSecrets } from './secrets.ts';
import type { ReadSecret, SecretDeclaration } from './secrets.ts';
import { readTarget, readTunnelTarget } from './target.ts';
import { joinSockets } from './tunnel.ts';

/** A decision, without paths, queries or secrets. */
export interface EgressEvent {
  readonly name: 'egress-allow' | 'egress-deny';
  readonly plugin: string;
  /** Canonical; empty when what was asked for is no host. */
  readonly host: string;
  /** 0 when none was said. */
  readonly port: number;
  /** The rule that allowed it, or the code of the error. */
  readonly rule: string;
}

/** What a proxy is made of. */
export interface EgressProxyOptions extends Network {
  readonly plugin: string;
  /** `permissions.network` of the manifest. */
  readonly hosts: readonly string[];
  /** `address:port` of local services that the operator opened to this plugin. */
  readonly localHosts?: readonly string[];
  readonly secrets: readonly SecretDeclaration[];
  readonly secret: ReadSecret;
  readonly clock: Clock;
  readonly limits?: Partial<EgressLimits>;
  /** Certificates to trust instead of the system's own, PEM; for tests. */
  readonly authorities?: readonly string[];
  observe(event: EgressEvent): void;
}

/** The network, as one process of a plugin sees it. */
export interface EgressProxy {
  /** Serves a connection of the plugin until it ends. */
  connect(socket: Duplex): void;
  /** Ends all connections, and refuses new ones. */
  close(): Promise<void>;
}

/** Bounds of a process unless its caller sets others. */
export const egressLimits: EgressLimits = {
  connectionsMax: 64,
  tunnelsMax: 32,
  requestsMax: 32,
  headMsMax: 30_000,
  connectMsMax: 10_000,
  idleMsMax: 120_000,
  requestMsMax: 600_000,
  tunnelIdleMsMax: 300_000,
  headBytesMax: 32_768,
  heldBodyBytesMax: 1_000_000,
  requestBytesMax: 64_000_000,
  responseBytesMax: 64_000_000,
  tunnelBytesMax: Number.POSITIVE_INFINITY,
  redirectsMax: 5,
};

/** Makes the proxy of one process. Throws PLUGIN_MANIFEST for a rule that cannot be read. */
export function createEgressProxy(options: EgressProxyOptions): EgressProxy {
  return new PluginProxy(options);
}

/** Requests of one connection that wait for their turn; no client of today sends more. */
const PIPELINED_MAX = 4;
const DENIALS: readonly ErrorCode[] = [
  'EGRESS_REQUEST',
  'EGRESS_HOST_INVALID',
  'EGRESS_HOST',
  'EGRESS_ADDRESS',
  'EGRESS_SECRET',
  'EGRESS_REDIRECT',
];

/** What is being decided about, for events. */
interface Subject {
  host: string;
  port: number;
}

class PluginProxy implements EgressProxy {
  readonly #options: EgressProxyOptions;
  readonly #limits: EgressLimits;
  readonly #rules: HostRules;
  readonly #secrets: DeclaredSecrets;
  readonly #server: Server;
  readonly #sockets = new Map<Duplex, ConnectionState>();
  readonly #work = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #requests = 0;
  #tunnels = 0;

  constructor(options: EgressProxyOptions) {
    const { plugin } = options;
    this.#options = options;
    this.#limits = { ...egressLimits, ...options.limits };
    this.#rules = new HostRules(plugin, options.hosts, options.localHosts ?? []);
    this.#secrets = new DeclaredSecrets(plugin, options.secrets, options.secret);
    this.#server = createServer({
      maxHeaderSize: this.#limits.headBytesMax,
      insecureHTTPParser: false,
      keepAliveTimeout: 0,
      // asked for by `readTarget`, with an answer of ours
      requireHostHeader: false,
    });
    this.#server.maxHeadersCount = 0;
    this.#server.on('request', (request, response) => {
      this.#track(this.#serve(request, response));
    });
    this.#server.on('connect', (request, socket, head) => {
      this.#track(this.#tunnel(request, socket, head));
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      this.#refuseGarbage(socket, error.code ?? 'it is not HTTP');
    });
  }

  connect(socket: Duplex): void {
    const limit = this.#limits.connectionsMax;
    // a server that listens does this itself; without it an answer waits 40 ms for its body
    if (socket instanceof Socket) socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    if (this.#closing.signal.aborted) socket.destroy();
    else if (this.#sockets.size >= limit) closeWithError(socket, busy('connections', limit));
    else {
      const state: ConnectionState = {
        responses: new Set(),
        cancelHead: this.#awaitHead(socket),
      };
      this.#sockets.set(socket, state);
      socket.once('close', () => {
        state.cancelHead();
        this.#sockets.delete(socket);
      });
      this.#server.emit('connection', socket);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new AgentError('EGRESS_UPSTREAM', { host: '', problem: 'it was stopped' }));
    for (const socket of this.#sockets.keys()) socket.destroy();
    await Promise.all(this.#work);
  }

  #refuseGarbage(socket: Duplex, problem: string): void {
    const responses = [...(this.#sockets.get(socket)?.responses ?? [])];
    const isAnswering = responses.some(({ headersSent }) => headersSent);
    const garbage = new AgentError('EGRESS_REQUEST', { problem });
    const error = this.#denied(garbage, { host: '', port: 0 });
    // an answer that has begun must not get another one into its middle
    if (isAnswering) socket.end(() => socket.destroy());
    else closeWithError(socket, error);
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  /** The bound for a head to come; a connection that waits for its next request has the same. */
  #awaitHead(socket: Duplex): () => void {
    return this.#options.clock.after(this.#limits.headMsMax, () => {
      socket.destroy();
    });
  }

  /** Never rejects. */
  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const state = this.#sockets.get(socket);
    if (state === undefined || state.responses.size >= PIPELINED_MAX) {
      socket.destroy();
      return;
    }
    state.responses.add(response);
    state.cancelHead();
    this.#requests += 1;
    const closed = new AbortController();
    response.once('close', () => {
      state.responses.delete(response);
      closed.abort(new AgentError('EGRESS_UPSTREAM', { host: '', problem: 'nobody waits' }));
      if (state.responses.size === 0 && !socket.destroyed)
        state.cancelHead = this.#awaitHead(socket);
    });
    const subject: Subject = { host: '', port: 0 };
    try {
      const limit = this.#limits.requestsMax;
      if (this.#requests > limit) throw busy('requests', limit);
      await this.#bounded(subject, closed.signal, async (bounds) => {
        const target = readTarget(request);
        await forward({ request, response }, target, {
          ...this.#options,
          ...bounds,
          connectMsMax: this.#limits.connectMsMax,
          limits: this.#limits,
          secrets: this.#secrets,
          admit: (each) => this.#admit(each, subject),
        });
      });
    } catch (error) {
      answerError(response, this.#denied(error, subject));
    } finally {
      this.#requests -= 1;
    }
  }

  /** Never rejects. */
  async #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const state = this.#sockets.get(client);
    client.on('error', () => client.destroy());
    if (state === undefined || state.responses.size > 0) {
      client.destroy();
      return;
    }
    state.cancelHead();
    // at once: later the end of the stream may have been told already
    if (head.length > 0) client.unshift(head);
    this.#tunnels += 1;
    const subject: Subject = { host: '', port: 0 };
    try {
      const limit = this.#limits.tunnelsMax;
      if (this.#tunnels > limit) throw busy('tunnels', limit);
      const { request: target } = readTunnelTarget(request);
      const destination = this.#admit(target, subject);
      const { connectMsMax, tunnelIdleMsMax: idleMsMax, tunnelBytesMax: bytesMax } = this.#limits;
      const { signal } = this.#closing;
      const upstream = await openConnection(destination, {
        ...this.#options,
        connectMsMax,
        signal,
      });
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      await joinSockets(client, upstream, { clock: this.#options.clock, idleMsMax, bytesMax });
    } catch (error) {
      closeWithError(client, this.#denied(error, subject));
    } finally {
      this.#tunnels -= 1;
    }
  }

  /** Runs one exchange until its end, its time, its idleness, or the end of its client. */
  async #bounded(
    subject: Subject,
    closed: AbortSignal,
    run: (bounds: { signal: AbortSignal; onProgress: () => void }) => Promise<void>,
  ): Promise<void> {
    const late = new AbortController();
    const expire = (what: string) => (): void =>
      late.abort(new AgentError('EGRESS_TIMEOUT', { host: subject.host, what }));
    const { clock } = this.#options;
    const idle = watchIdle(clock, this.#limits.idleMsMax, expire('nothing moved'));
    const cancelTimer = clock.after(this.#limits.requestMsMax, expire('the whole request'));
    const signal = AbortSignal.any([late.signal, closed, this.#closing.signal]);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    ended.catch(() => undefined);
    const end = (): void => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    try {
      await Promise.race([ended, run({ signal, onProgress: idle.touch })]);
    } finally {
      cancelTimer();
      idle.stop();
      signal.removeEventListener('abort', end);
    }
  }

  #admit(request: Request, subject: Subject): Destination {
    Object.assign(subject, { host: hostText(request.host), port: request.port ?? 0 });
    const destination = this.#rules.destination(request);
    subject.port = destination.port;
    this.#observe('egress-allow', subject, destination.rule);
    return destination;
  }

  /** The error as one of the table; told to observers when it was a refusal. */
  #denied(thrown: unknown, subject: Subject): AgentError {
    const error = isAgentError(thrown) ? thrown : upstreamError(subject.host, thrown);
    if (DENIALS.includes(error.code)) this.#observe('egress-deny', subject, error.code);
    return error;
  }

  #observe(name: EgressEvent['name'], { host, port }: Subject, rule: string): void {
    this.#options.observe({ name, plugin: this.#options.plugin, host, port, rule });
  }
}

interface ConnectionState {
  /** Those that are not over. */
  readonly responses: Set<ServerResponse>;
  cancelHead: () => void;
}

function busy(what: string, limit: number): AgentError {
  return new AgentError('EGRESS_BUSY', { what, limit });
}
