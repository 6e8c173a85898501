// Owns the route that OpenAI clients speak to: one message in, one reply out, plain or streamed.
// Refuses to ask back: nobody can answer a question here, so what would ask is denied by policy.

import type { FastifyInstance } from 'fastify';
import { AgentError, fromErrorData, isAgentError } from '@opencomputer/contracts';
import type { Clock, IdentifierSource, SenderAssurance, StreamPart } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { Activity } from './activity.ts';
import { readChatRequest } from './chat-request.ts';
import type { ChatRequest } from './chat-request.ts';
import { ChatStream } from './chat-stream.ts';
import { completion, failureBody, failureEvent, keepAliveEvent } from './completion.ts';
import type { Exchange } from './exchange.ts';
import { KeyedTurns } from './keyed-turns.ts';

/** What the route needs from its surroundings. */
export interface ChatSurroundings {
  readonly service: AgentService;
  readonly activity: Activity;
  readonly clock: Clock;
  readonly identifiers: IdentifierSource;
  readonly person: string;
  readonly timeZone: string;
  /** The conversation that a `user` of the wire stands for; the same for the same `user`. */
  readonly conversationFor: (user: string) => string;
  /** How sure the listener is of the caller on this connection. */
  readonly assuranceOf: (connection: object) => SenderAssurance;
  /** Told of faults that no client can be told of. */
  readonly onFault: (error: unknown) => void;
}

/** Milliseconds between signs of life in a quiet stream. */
const keepAliveMs = 15_000;
const keyCharactersMax = 255;
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/** Adds `POST /v1/chat/completions`. */
export function addChatRoute(server: FastifyInstance, surroundings: ChatSurroundings): void {
  const keyed = new KeyedTurns();
  server.post('/v1/chat/completions', async (request, reply) => {
    const chat = readChatRequest(request.body);
    const key = readKey(request.headers['idempotency-key']);
    const { user, text, stream } = chat;
    const { activity, conversationFor, identifiers, person, service, timeZone } = surroundings;
    const send = (): AsyncIterable<StreamPart> =>
      service.send({
        channel: 'api',
        channelMessageId: key ?? identifiers(),
        person,
        assurance: surroundings.assuranceOf(request.raw.socket),
        ...(user === undefined ? {} : { conversation: conversationFor(user) }),
        text,
        timeZone,
        interactive: false,
        stream,
        // A key that this process does not know may be one of an earlier process.
        ...(key !== undefined && { join: true }),
      });
    const parts = key === undefined ? send() : keyed.parts({ key, text, user }, send);
    reply.hijack();
    const exchange = activity.open(reply.raw, { body: failureBody, last: failureEvent });
    // With a key the message is meant to count whatever becomes of the connection.
    const watch = watchTurn(exchange, key === undefined ? surroundings : undefined);
    try {
      await (stream ? answerStreamed : answerPlain)(parts, { chat, exchange, surroundings, watch });
    } catch (error) {
      if (!isAgentError(error)) surroundings.onFault(error);
      exchange.fail(error);
    }
  });
}

interface Answering {
  readonly chat: ChatRequest;
  readonly exchange: Exchange;
  readonly surroundings: ChatSurroundings;
  readonly watch: (turn: string) => void;
}

async function answerPlain(parts: AsyncIterable<StreamPart>, to: Answering): Promise<void> {
  const { chat, exchange, surroundings, watch } = to;
  let isEnded = false;
  // Read to the end, beyond the last part: so the agent knows that the reply was taken.
  for await (const part of parts) {
    if (part.type === 'turn-start') watch(part.turn);
    if (exchange.left) return;
    if (part.type !== 'turn-end') continue;
    isEnded = true;
    const { turn, text, usage } = part;
    const head = { turn, model: chat.model, at: surroundings.clock.now() };
    if (part.status === 'done') exchange.answer(completion(head, text, usage));
    else failTurn(exchange, part);
    // Asking for more says that the reader has it.
    if (!(await exchange.sent())) return;
  }
  if (!isEnded) throw new AgentError('INTERNAL', { problem: 'a turn stopped without its end' });
}

async function answerStreamed(parts: AsyncIterable<StreamPart>, to: Answering): Promise<void> {
  const { chat, exchange, surroundings, watch } = to;
  let stream: ChatStream | undefined;
  let isEnded = false;
  for await (const part of parts) {
    if (part.type === 'turn-start') {
      watch(part.turn);
      exchange.head(streamHeaders);
      exchange.keepAlive(keepAliveEvent, keepAliveMs);
      const head = { turn: part.turn, model: chat.model, at: surroundings.clock.now() };
      stream = new ChatStream(head, chat.includeUsage);
    }
    if (exchange.left) return;
    isEnded = part.type === 'turn-end';
    if (part.type === 'turn-end' && part.status !== 'done') failTurn(exchange, part);
    else {
      const text = stream?.take(part) ?? '';
      if (isEnded) exchange.end(text);
      else if (text !== '') exchange.write(text);
    }
    await exchange.caughtUp();
    // Asking for more says that the reader has it.
    if (isEnded && !(await exchange.sent())) return;
  }
  if (!isEnded) throw new AgentError('INTERNAL', { problem: 'a turn stopped without its end' });
}

/** A failed turn has happened: a client must not send it again by itself. */
function failTurn(exchange: Exchange, end: StreamPart & { readonly type: 'turn-end' }): void {
  const error =
    end.error === undefined
      ? new AgentError('INTERNAL', { problem: `a turn ${end.status} without a reason` })
      : fromErrorData(end.error);
  exchange.fail(error, { 'x-should-retry': 'false' });
}

/** Called with the turn when it is known; cancels it when its reader leaves before the end. */
function watchTurn(
  exchange: Exchange,
  surroundings: ChatSurroundings | undefined,
): (turn: string) => void {
  if (surroundings === undefined) return () => undefined;
  const { service, onFault } = surroundings;
  return (turn) =>
    exchange.onLeave(() => {
      const reason = 'the client disconnected';
      service.act({ type: 'cancel', turn, reason }).catch((error: unknown) => {
        if (!isAgentError(error, 'TURN_UNKNOWN')) onFault(error);
      });
    });
}

function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && header !== '' && header.length <= keyCharactersMax) {
    return header;
  }
  const problem = `Idempotency-Key must have 1 to ${keyCharactersMax} characters`;
  throw new AgentError('INPUT_INVALID', { problem });
}
