// Owns the conversation with a plugin over gRPC: one connection, a stream for each call, its status as
// an outcome. Refuses messages beyond the plugin's bound, and to say that a lost write failed.

import { connect as connectSecure } from 'node:tls';
import type { Duplex } from 'node:stream';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { Http2SessionManager, createGrpcTransport } from '@connectrpc/connect-node';
import type { Clock, Manifest } from '@opencomputer/contracts';
import { Child } from '../child.ts';
import type { ChildSpecification } from '../child.ts';
import type { PluginAnswer, PluginCall, PluginConnection } from '../connection.ts';
import { ownResult } from '../own-result.ts';
import { readDescription, readOutcome, writeCall } from './messages.ts';
import type { PluginDescription } from './messages.ts';
import { Plugin } from './plugin-messages.ts';
import type { Outcome } from './plugin-messages.ts';
import { clearSocket, reachSocket } from './plugin-socket.ts';

/** Room for a message around the bytes that a tool may return. */
const MESSAGE_BYTES_EXTRA = 64_000;
const PROGRESS_MAX = 1_000;
const STREAMS_MAX = 64;
/** The host's own deadline must be the first one to end a call. */
const DEADLINE_MS_EXTRA = 1_000;
const CALL_MS_MAX = 600_000;
/** Time that a process has to end after its connection did. */
const EXIT_MS_MAX = 500;
/** Never: an idle plugin is stopped by its supervisor. */
const IDLE_MS_MAX = 2_147_483_647;
/** Statuses by which a plugin says no, rather than that it is broken. */
const REFUSALS = [
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.PermissionDenied,
  Code.ResourceExhausted,
  Code.FailedPrecondition,
  Code.OutOfRange,
];

/** How a plugin is reached. */
export type GrpcAddress =
  | {
      readonly type: 'process';
      /** Must already name the socket in its environment, as the process sees its path. */
      readonly specification: ChildSpecification;
      /** The same socket, as the host sees it. */
      readonly socket: string;
    }
  | {
      readonly type: 'url';
      /** `https://…`, or `http://…` for HTTP/2 without TLS. */
      readonly url: string;
      /** Opens a connection by the rules of the plugin. */
      dial(signal: AbortSignal): Promise<Duplex>;
      /** Certificates to trust instead of the system's own, PEM; for tests. */
      readonly authorities?: readonly string[];
    };

/** What a connection is given; the texts are completed already. */
export interface GrpcPorts {
  readonly address: GrpcAddress;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** A connected plugin that can be asked about itself. */
export interface GrpcPluginConnection extends PluginConnection {
  /** Rejects when it cannot be asked. */
  describe(signal: AbortSignal): Promise<PluginDescription>;
  /** Why it cannot work; undefined when it can, or does not say. Rejects when it cannot be asked. */
  health(signal: AbortSignal): Promise<string | undefined>;
}

type GrpcManifest = Pick<Manifest, 'provides' | 'resources'>;

/** Starts or reaches a plugin. Rejects when it does not listen within `resources.startMs`. */
export async function connectGrpc(
  manifest: GrpcManifest,
  ports: GrpcPorts,
): Promise<GrpcPluginConnection> {
  const { address, clock } = ports;
  const { startMs } = manifest.resources;
  const start = new AbortController();
  const cancelTimer = clock.after(startMs, () => {
    start.abort(new Error(`it did not listen within ${startMs / 1_000} s`));
  });
  try {
    if (address.type === 'url') {
      const duplex = await address.dial(start.signal);
      const { protocol, hostname } = new URL(address.url);
      const isSecure = protocol === 'https:';
      const stream = isSecure ? secured(duplex, hostname, address.authorities) : duplex;
      return new GrpcConnection(manifest, ports, { stream, url: address.url });
    }
    await clearSocket(address.socket);
    const child = startChild(address.specification, clock, start);
    try {
      const stream = await reachSocket(address.socket, clock, start.signal);
      return new GrpcConnection(manifest, ports, { stream, url: 'http://localhost', child });
    } catch (error) {
      await child.process.kill();
      throw error;
    }
  } finally {
    cancelTimer();
  }
}

interface StartedChild {
  readonly process: Child;
  readonly ended: Promise<string>;
}

function startChild(
  specification: ChildSpecification,
  clock: Clock,
  start: AbortController,
): StartedChild {
  const { promise, resolve } = Promise.withResolvers<string>();
  const onExit = (problem: string): void => {
    start.abort(new Error(problem));
    resolve(problem);
  };
  // What it prints is nobody's message: it is read so that the pipe does not fill, and dropped.
  const ignore = (): void => undefined;
  const process = new Child(specification, { onLine: ignore, onOversize: ignore, onExit }, clock);
  return { process, ended: promise };
}

function secured(socket: Duplex, hostname: string, authorities?: readonly string[]): Duplex {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return connectSecure({
    socket,
    host,
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    ALPNProtocols: ['h2'],
    minVersion: 'TLSv1.2',
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
  });
}

interface OpenedStream {
  readonly stream: Duplex;
  readonly url: string;
  readonly child?: StartedChild;
}

class GrpcConnection implements GrpcPluginConnection {
  readonly lost: Promise<string>;
  readonly #manifest: GrpcManifest;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #client: Client<typeof Plugin>;
  readonly #sessions: Http2SessionManager;
  readonly #clock: Clock;
  readonly #child: Child | undefined;
  readonly #lose: (problem: string) => void;
  #isLost = false;
  #openCount = 0;

  constructor(manifest: GrpcManifest, ports: GrpcPorts, { stream, url, child }: OpenedStream) {
    this.#manifest = manifest;
    this.#headers = ports.headers;
    this.#clock = ports.clock;
    this.#child = child?.process;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#lose = (problem) => {
      this.#isLost = true;
      resolve(problem);
    };
    stream.on('error', () => stream.destroy());
    // The end of a process says more than the end of its connection.
    stream.once('close', () => {
      if (child === undefined) this.#lose('the connection closed');
      else void child.process.kill();
    });
    void child?.ended.then((problem) => {
      this.#lose(problem);
      stream.destroy();
    });
    let isUsed = false;
    const createConnection = (): Duplex => {
      if (isUsed) throw new Error('the connection closed');
      isUsed = true;
      return stream;
    };
    const options = { idleConnectionTimeoutMs: IDLE_MS_MAX };
    this.#sessions = new Http2SessionManager(url, options, { createConnection });
    this.#client = createClient(
      Plugin,
      createGrpcTransport({
        baseUrl: url,
        sessionManager: this.#sessions,
        // A small answer must not become a large one here.
        acceptCompression: [],
        readMaxBytes: manifest.resources.outputBytesMax + MESSAGE_BYTES_EXTRA,
      }),
    );
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get log(): string {
    return this.#child?.log ?? '';
  }

  async stop(): Promise<void> {
    // First its process: the end of its connection would end it less gently.
    await this.#child?.stop();
    this.#close();
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
    this.#close();
  }

  async describe(signal: AbortSignal): Promise<PluginDescription> {
    return readDescription(await this.#client.describe({}, { signal, headers: this.#headers }));
  }

  async health(signal: AbortSignal): Promise<string | undefined> {
    try {
      const { healthy, problem } = await this.#client.health(
        {},
        { signal, headers: this.#headers },
      );
      return healthy ? undefined : problem.slice(0, 300) || 'it says that it cannot work';
    } catch (error) {
      if (ConnectError.from(error).code === Code.Unimplemented) return undefined;
      throw error;
    }
  }

  async call(call: PluginCall): Promise<PluginAnswer> {
    if (this.#isLost) return { type: 'lost', problem: await this.lost };
    if (this.#openCount >= STREAMS_MAX) {
      return { type: 'error', code: Code.ResourceExhausted, message: 'too many calls are open' };
    }
    this.#openCount += 1;
    try {
      return await this.#read(call);
    } catch (error) {
      if (call.signal.aborted) return { type: 'cancelled', stopped: this.#responds() };
      const answer = errorAnswer(ConnectError.from(error));
      if (answer.type !== 'lost') return answer;
      return { type: 'lost', problem: await this.#reason(answer.problem) };
    } finally {
      this.#openCount -= 1;
    }
  }

  /** Reads a call to its end: the status that comes after the outcome counts, too. */
  async #read(call: PluginCall): Promise<PluginAnswer> {
    const declared = this.#manifest.provides.tools.find(({ name }) => name === call.tool);
    const left = new AbortController();
    const stream = this.#client.call(writeCall(call), {
      signal: AbortSignal.any([call.signal, left.signal]),
      timeoutMs: (declared?.timeoutMs ?? CALL_MS_MAX) + DEADLINE_MS_EXTRA,
      headers: this.#headers,
    });
    const events = stream[Symbol.asyncIterator]();
    let outcome: Outcome | undefined;
    try {
      for (let count = 0; ; count += 1) {
        const next = await events.next();
        if (next.done === true) return outcomeAnswer(outcome);
        if (outcome !== undefined) return { type: 'lost', problem: 'it went on after its outcome' };
        if (count > PROGRESS_MAX) return { type: 'oversize' };
        if (next.value.event.case === 'outcome') outcome = next.value.event.value;
      }
    } finally {
      // The library frees a stream that is left early only when it is asked for more.
      left.abort();
      events.next().catch(() => undefined);
    }
  }

  /** Its process says why a connection ended, a moment after it did. */
  async #reason(problem: string): Promise<string> {
    if (this.#child === undefined) return problem;
    const late = Promise.withResolvers<string>();
    const cancel = this.#clock.after(EXIT_MS_MAX, () => late.resolve(problem));
    const reason = await Promise.race([this.lost, late.promise]);
    cancel();
    return reason;
  }

  #close(): void {
    this.#sessions.abort();
    this.#lose('it was stopped');
  }

  /** A plugin does not say when a cancelled call has ended; that it still answers must do. */
  async #responds(): Promise<boolean> {
    try {
      await this.health(AbortSignal.timeout(CALL_MS_MAX));
      return true;
    } catch (error) {
      return isSaid(ConnectError.from(error));
    }
  }
}

function outcomeAnswer(written: Outcome | undefined): PluginAnswer {
  if (written === undefined) {
    return { type: 'lost', problem: 'it ended the call without an outcome' };
  }
  const outcome = readOutcome(written);
  if (outcome === undefined) return { type: 'lost', problem: 'its outcome cannot be read' };
  return { type: 'result', result: ownResult(outcome) };
}

/** True for a status that the plugin sent, and not one that stands for a broken connection. */
function isSaid({ metadata }: ConnectError): boolean {
  return metadata.has('grpc-status');
}

function errorAnswer(error: ConnectError): PluginAnswer {
  const { code, rawMessage } = error;
  const message = rawMessage.slice(0, 300);
  if (!isSaid(error)) {
    const isOversize = code === Code.ResourceExhausted;
    return isOversize ? { type: 'oversize' } : { type: 'lost', problem: message };
  }
  if (!REFUSALS.includes(code)) return { type: 'error', code, message };
  const text = message === '' ? 'It refused.' : message;
  return { type: 'result', result: ownResult({ status: 'refused', text }) };
}
