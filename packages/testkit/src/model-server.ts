/**
 * Owns a real HTTP server on loopback that speaks the three model wires and plays a script with
 * faults. Refuses to judge: it records every request it accepted, and the test asserts.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { modelWires } from './model-wire.ts';
import type { ModelWire, WireName } from './model-wire.ts';
import { completeAnswer } from './scripted-answer.ts';
import type { ScriptedAnswer } from './scripted-answer.ts';

/**
 * What can go wrong with an answer:
 * - `status`: an error with this status, these headers and this error type
 * - `silence`: the request is read, nothing is ever sent
 * - `headers-then-silence`: 200 and its headers, no byte of the body
 * - `reset`: the socket is destroyed after half of the answer
 * - `half-closed`: the connection ends after half of the answer, as if it were whole
 * - `stall`: half of the answer, then nothing while the connection stays open
 * - `truncated-json`: half of the JSON, properly ended
 * - `split-utf8`: the answer in pieces of one byte
 * - `duplicated-chunk`: each event is sent twice
 * - `wrong-type`: a page of HTML with status 200
 * - `endless`: text without end (streamed), or a body without end
 * - `huge`: `bytes` announced and sent
 * - `compressed`: the body as gzip, although nobody asked for it
 * - `error-event`: half of the answer, then an error inside the stream
 */
export type ServerFault =
  | {
      readonly type: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly kind?: string;
      readonly message?: string;
    }
  | { readonly type: 'huge'; readonly bytes: number }
  | {
      readonly type:
        | 'silence'
        | 'headers-then-silence'
        | 'reset'
        | 'half-closed'
        | 'stall'
        | 'truncated-json'
        | 'split-utf8'
        | 'duplicated-chunk'
        | 'wrong-type'
        | 'endless'
        | 'compressed'
        | 'error-event';
    };

/** One turn of the script: an answer, perhaps with a fault on its way. */
export interface ServerTurn extends ScriptedAnswer {
  readonly fault?: ServerFault;
}

/** One request that the server read to its end. */
export interface RecordedRequest {
  readonly wire: WireName;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body. */
  readonly body: Record<string, unknown>;
  readonly bytes: string;
  readonly streamed: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The server; `close` ends every connection. */
export interface ModelServer {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly origin: string;
  /** The address that clients are given: the origin with `/v1`. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Connections that were opened, and those that are open now. */
  readonly connections: { readonly opened: number; readonly open: number };
  close(): Promise<void>;
}

/** The script: turns in order (the last one is repeated), or a function of the request. */
export type ServerScript =
  | readonly ServerTurn[]
  | ((request: RecordedRequest, index: number) => ServerTurn);

/** A request body above this ends the connection. */
const REQUEST_BYTES_MAX = 64 * 1024 * 1024;

/** Starts the server on a free port of loopback; `models` is what `GET /v1/models` lists. */
export async function startModelServer(
  script: ServerScript,
  models: readonly Readonly<Record<string, unknown>>[] = [{ id: 'test-1', object: 'model' }],
): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  let opened = 0;
  let open = 0;
  const server = createServer((request, response) => {
    response.on('error', () => response.destroy());
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (request.method === 'GET' && path === '/v1/models') {
      sendJson(response, 200, { object: 'list', data: models });
      return;
    }
    const found = Object.entries(modelWires).find(([, wire]) => path === `/v1${wire.path}`);
    if (!found) {
      sendJson(response, 404, { error: { message: `no route ${path}`, type: 'not_found' } });
      return;
    }
    const [name, wire] = found as [WireName, ModelWire];
    const bytes = await readBody(request);
    const body = JSON.parse(bytes) as Record<string, unknown>;
    const streamed = body['stream'] === true;
    const { headers } = request;
    const recorded = { wire: name, path, headers, body, bytes, streamed, at: Date.now() };
    const index = requests.push(recorded) - 1;
    const turn = typeof script === 'function' ? script(recorded, index) : pick(script, index);
    play({ response, wire, turn, streamed, index, model: String(body['model']) });
  };
  server.on('connection', (socket) => {
    opened += 1;
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  const origin = await listen(server);
  return {
    origin,
    url: `${origin}/v1`,
    requests,
    get connections() {
      return { opened, open };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pick(script: readonly ServerTurn[], index: number): ServerTurn {
  const turn = script[Math.min(index, script.length - 1)];
  if (!turn) throw new Error('the script of the model server is empty');
  return turn;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** One answer on its way out. */
interface Performance {
  readonly response: ServerResponse;
  readonly wire: ModelWire;
  readonly turn: ServerTurn;
  readonly streamed: boolean;
  readonly index: number;
  readonly model: string;
}

function play(performance: Performance): void {
  const { response, wire, turn, streamed, index, model } = performance;
  const { fault } = turn;
  if (fault?.type === 'silence') return;
  if (fault?.type === 'status') {
    const body = wire.failure(fault.kind ?? 'test_failure', fault.message ?? 'made to fail');
    for (const [name, value] of Object.entries(fault.headers ?? {}))
      response.setHeader(name, value);
    sendJson(response, fault.status, body);
    return;
  }
  const answer = completeAnswer(turn, index);
  const pieces = streamed
    ? wire.events(answer, model)
    : [JSON.stringify(wire.whole(answer, model))];
  response.setHeader('content-type', streamed ? 'text/event-stream' : 'application/json');
  if (fault) playFault(performance, fault.type, pieces);
  else response.end(pieces.join(''));
}

function playFault(
  { response, wire, turn, streamed }: Performance,
  fault: Exclude<ServerFault['type'], 'status' | 'silence'>,
  pieces: readonly string[],
): void {
  const whole = Buffer.from(pieces.join(''), 'utf8');
  const half = streamed
    ? Buffer.from(pieces.slice(0, Math.ceil(pieces.length / 2)).join(''), 'utf8')
    : whole.subarray(0, whole.length >> 1);
  switch (fault) {
    case 'headers-then-silence':
      response.flushHeaders();
      return;
    case 'stall':
      response.write(half);
      return;
    case 'reset':
      response.write(half, () => response.destroy());
      return;
    case 'half-closed':
      response.end(half);
      return;
    case 'truncated-json':
      response.end(whole.subarray(0, half.length - 10));
      return;
    case 'split-utf8':
      sendInTurns(response, (at) => (at < whole.length ? whole.subarray(at, at + 1) : undefined));
      return;
    case 'duplicated-chunk':
      response.end(pieces.map((piece) => piece + piece).join(''));
      return;
    case 'wrong-type':
      response.setHeader('content-type', 'text/html');
      response.end('<html><body>a page of a proxy</body></html>');
      return;
    case 'compressed':
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(whole));
      return;
    case 'error-event':
      response.write(half);
      response.end(streamed ? `event: error\n${errorEvent(wire)}` : '');
      return;
    case 'endless':
      response.write(half);
      sendInTurns(response, () =>
        Buffer.from(streamed ? wire.textEvent('and on it goes ') : ' '.repeat(64)),
      );
      return;
    case 'huge':
      playHuge(response, turn);
  }
}

function errorEvent(wire: ModelWire): string {
  const failure = wire.failure('overloaded_error', 'made to fail') as Record<string, unknown>;
  return `data: ${JSON.stringify({ type: 'error', sequence_number: 99, ...failure })}\n\n`;
}

function playHuge(response: ServerResponse, turn: ServerTurn): void {
  const total = turn.fault?.type === 'huge' ? turn.fault.bytes : 0;
  const block = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  response.setHeader('content-length', total);
  sendInTurns(response, () => {
    if (sent >= total) return undefined;
    const piece = block.subarray(0, Math.min(block.length, total - sent));
    sent += piece.length;
    return piece;
  });
}

/** Sends piece after piece, each in a write of its own, as fast as the client reads. */
function sendInTurns(response: ServerResponse, next: (at: number) => Buffer | undefined): void {
  let at = 0;
  const step = (): void => {
    if (response.destroyed) return;
    const piece = next(at);
    if (!piece) {
      response.end();
      return;
    }
    at += piece.length;
    if (response.write(piece)) setImmediate(step);
    else response.once('drain', step);
  };
  step();
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
