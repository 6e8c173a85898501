// Owns the routes by which the commands of the person who owns the data directory use the running
// agent. Refuses every connection that did not come through the socket file.

import type { FastifyInstance, FastifyReply } from 'fastify';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import type { ErrorData } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { Activity } from './activity.ts';
import type { Exchange } from './exchange.ts';
import {
  readListenRequest,
  readQueryRequest,
  readSendRequest,
  readTurnAction,
} from './requests.ts';
import { internalRoute } from './wire.ts';
import type { SpeechLine, TurnLine } from './wire.ts';

/** What the routes need from their surroundings. */
export interface InternalSurroundings {
  readonly service: AgentService;
  readonly activity: Activity;
  readonly version: string;
  readonly isLocal: (connection: object) => boolean;
  /** Asked to stop the whole process; must return at once. */
  readonly onStop: () => void;
  readonly onFault: (error: unknown) => void;
}

const lineHeaders = { 'content-type': 'application/x-ndjson; charset=utf-8' };
const lineFormat = {
  body: (error: ErrorData): string => JSON.stringify(error),
  last: (error: ErrorData): string => lineOf({ type: 'stream-fail', error }),
};

/** Adds the routes below `/internal/`. */
export function addInternalRoutes(server: FastifyInstance, from: InternalSurroundings): void {
  const { activity, isLocal, onStop, service, version } = from;
  server.addHook('onRequest', (request, _reply, done) => {
    if (isLocal(request.raw.socket)) done();
    else done(new AgentError('ROUTE_UNKNOWN', { route: request.url.slice(0, 200) }));
  });
  server.get(internalRoute.hello, (_request, reply) => answer(reply, { version }));
  server.post(internalRoute.send, async (request, reply) => {
    const parts = service.send(readSendRequest(request.body));
    await streamLines(parts, openLines(reply, activity), from);
  });
  server.get(internalRoute.listen, async (request, reply) => {
    const person = readListenRequest(request.query);
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, activity.stopping]);
    const speech = service.listen(person, signal);
    const exchange = openLines(reply, activity);
    exchange.onLeave(() => gone.abort());
    exchange.head(lineHeaders, true);
    await streamLines(speech, exchange, from);
  });
  server.post(internalRoute.act, async (request, reply) => {
    await service.act(readTurnAction(request.body));
    return answer(reply, {});
  });
  server.post(internalRoute.query, async (request, reply) => {
    const { name, input } = readQueryRequest(request.body);
    return answer(reply, await service.query(name, input));
  });
  server.post(internalRoute.stop, (_request, reply) => {
    reply.raw.once('finish', onStop);
    return answer(reply, {});
  });
}

function openLines(reply: FastifyReply, activity: Activity): Exchange {
  reply.hijack();
  return activity.open(reply.raw, lineFormat);
}

/** The head leaves with the first line, so that an error before it has its own status. */
async function streamLines(
  lines: AsyncIterable<TurnLine | SpeechLine>,
  exchange: Exchange,
  { onFault }: InternalSurroundings,
): Promise<void> {
  try {
    for await (const line of lines) {
      if (exchange.left) return;
      if (!exchange.begun) exchange.head(lineHeaders);
      exchange.write(lineOf(line));
      await exchange.caughtUp();
      // Asking for more says that the reader has it.
      if (isReply(line) && !(await exchange.sent())) return;
    }
    if (!exchange.begun) exchange.head(lineHeaders);
    exchange.end();
  } catch (error) {
    if (!isAgentError(error)) onFault(error);
    exchange.fail(error);
  }
}

function isReply(line: TurnLine | SpeechLine): boolean {
  return !('type' in line) || line.type === 'turn-end' || line.type === 'notice';
}

function lineOf(line: TurnLine | SpeechLine): string {
  return `${JSON.stringify(line)}\n`;
}

function answer(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}
