// Owns the agent as a command sees it when a daemon runs: the same service through its socket file.
// Refuses a socket that belongs to somebody else, and loads nothing of the server.

import { lstat } from 'node:fs/promises';
import { Agent, request as openRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { AgentError, fromErrorData, isAgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';
import type {
  AgentService,
  Notice,
  Queries,
  QueryName,
  SendRequest,
  TurnAction,
} from '@opencomputer/contracts/internal';
import { readLines } from './lines.ts';
import { answerBytesMax, bodyBytesMax, internalRoute, isErrorData } from './wire.ts';
import type { SpeechLine, TurnLine } from './wire.ts';

/** A running agent. `stop` only lets go of it, as every command does at its end. */
export interface RemoteAgent extends AgentService {
  /** Version of the program that runs. */
  readonly version: string;
  /** Asks the daemon to stop; resolves when it has heard. */
  stopDaemon(): Promise<void>;
}

const connectionsMax = 64;
/** Milliseconds for a first answer, after which the agent counts as hanging. */
const helloMsMax = 5000;
/** Milliseconds for an answer that needs no model. */
const answerMsMax = 60_000;
/** Milliseconds for reading a whole database, or fetching a plugin with all that it needs. */
const slowAnswerMsMax = 30 * 60_000;
const slowQueries: ReadonlySet<QueryName> = new Set([
  'integrity',
  'backup',
  'plugin-plan',
  'plugin-plan-update',
  'plugin-commit',
  'plugin-change',
  'plugin-verify',
]);

interface Exchange {
  readonly path: string;
  /** Sent as JSON by POST; absent: GET. */
  readonly body?: unknown;
  readonly answerMsMax?: number;
  readonly signal?: AbortSignal;
}

type Open = (exchange: Exchange) => Promise<IncomingMessage>;

/**
 * The agent that listens on a socket file; undefined when none does, a file left by a crash included.
 * Throws SERVICE_UNREACHABLE when it does not answer, SERVICE_STOPPING while it stops.
 */
export async function connectAgent(socketPath: string): Promise<RemoteAgent | undefined> {
  if (!(await isOwnSocket(socketPath))) return undefined;
  const connections = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const open: Open = (exchange) => openExchange(exchange, { socketPath, connections });
  try {
    const hello = await ask(open, { path: internalRoute.hello, answerMsMax: helloMsMax });
    const { version } = hello as { version: string };
    return remoteAgent(open, { version, stop: async () => connections.destroy() });
  } catch (error) {
    connections.destroy();
    const cause = isAgentError(error) ? error.cause : undefined;
    if (hasCode(cause, 'ECONNREFUSED') || hasCode(cause, 'ENOENT')) return undefined;
    throw error;
  }
}

function remoteAgent(open: Open, rest: Pick<RemoteAgent, 'version' | 'stop'>): RemoteAgent {
  return {
    ...rest,
    send: (request) => send(open, request),
    listen: (person, signal) => listen(open, person, signal),
    act: async (action: TurnAction) => {
      await ask(open, { path: internalRoute.act, body: action });
    },
    query: async <Name extends QueryName>(name: Name, input: Queries[Name]['input']) =>
      (await ask(open, {
        path: internalRoute.query,
        body: { name, input },
        ...(slowQueries.has(name) && { answerMsMax: slowAnswerMsMax }),
      })) as Promise<Queries[Name]['output']>,
    stopDaemon: async () => {
      await ask(open, { path: internalRoute.stop, body: {} });
    },
  };
}

async function* send(open: Open, request: SendRequest): AsyncGenerator<StreamPart, void, void> {
  const response = await open({ path: internalRoute.send, body: request });
  let shown: string | undefined;
  try {
    for await (const line of linesOf<TurnLine>(response)) {
      if (line.type === 'stream-fail') throw failure(line.error);
      if (line.type === 'text-delta') shown = line.id;
      else if (line.type === 'text-withdraw' || line.type === 'text-end') shown = undefined;
      yield line;
      if (line.type === 'turn-end') return;
    }
    throw unreachable('the stream ended before the turn');
  } catch (error) {
    // Its end never came: the whole answer does, as a notice, when the agent runs again.
    const reason = 'the agent was interrupted; the whole answer comes when it runs again';
    if (shown !== undefined) yield { type: 'text-withdraw', id: shown, reason };
    throw error;
  }
}

async function* listen(
  open: Open,
  person: string,
  signal: AbortSignal,
): AsyncGenerator<Notice, void, void> {
  try {
    const path = `${internalRoute.listen}?person=${encodeURIComponent(person)}`;
    const response = await open({ path, signal });
    for await (const line of linesOf<SpeechLine>(response)) {
      if ('error' in line) throw failure(line.error);
      yield line;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Leaving the iteration closes the connection, by which the daemon knows. */
async function* linesOf<Line>(response: IncomingMessage): AsyncGenerator<Line, void, void> {
  try {
    for await (const line of readLines(response, answerBytesMax)) {
      if (typeof line !== 'object' || line === null) throw unreachable('a line is not an object');
      yield line as Line;
    }
  } catch (error) {
    throw isAgentError(error) ? error : unreachable('the connection broke', error);
  }
}

/** A whole JSON answer. */
async function ask(open: Open, exchange: Exchange): Promise<unknown> {
  return readAnswer(await open({ answerMsMax, ...exchange }));
}

async function readAnswer(response: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > answerBytesMax) throw unreachable(`its answer exceeds ${answerBytesMax} bytes`);
      pieces.push(piece);
    }
    return JSON.parse(Buffer.concat(pieces).toString()) as unknown;
  } catch (error) {
    throw isAgentError(error) ? error : unreachable('its answer is broken', error);
  }
}

/** Resolves with the head of a good answer; an error answer is thrown as its error. */
async function openExchange(
  { path, body, answerMsMax: timeout, signal }: Exchange,
  through: { readonly socketPath: string; readonly connections: Agent },
): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const bytes = content?.byteLength ?? 0;
  if (bytes > bodyBytesMax) {
    throw new AgentError('INPUT_TOO_LARGE', { bytes, bytesMax: bodyBytesMax });
  }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { socketPath, connections: agent } = through;
    const outgoing = openRequest({
      socketPath,
      agent,
      path,
      method: content === undefined ? 'GET' : 'POST',
      ...(content === undefined
        ? {}
        : { headers: { 'content-type': 'application/json', 'content-length': bytes } }),
      ...(signal === undefined ? {} : { signal }),
      ...(timeout === undefined ? {} : { timeout }),
    });
    outgoing.once('timeout', () => outgoing.destroy(unreachable(`no answer in ${timeout} ms`)));
    outgoing.once('response', resolve);
    outgoing.on('error', (error) =>
      reject(isAgentError(error) ? error : unreachable(error.message, error)),
    );
    outgoing.end(content);
  });
  if (response.statusCode === 200) return response;
  throw failure(await readAnswer(response));
}

async function isOwnSocket(path: string): Promise<boolean> {
  try {
    const { uid } = await lstat(path);
    const own = process.getuid?.();
    if (own === undefined || uid === own) return true;
    throw unreachable(`${path} belongs to somebody else`);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw isAgentError(error) ? error : unreachable(`${path} cannot be used`, error);
  }
}

function failure(value: unknown): AgentError {
  return isErrorData(value)
    ? fromErrorData(value)
    : unreachable('it sent an error that this version does not know');
}

function unreachable(problem: string, cause?: unknown): AgentError {
  return new AgentError('SERVICE_UNREACHABLE', { problem }, { cause });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
