// Owns the shapes that the daemon's socket accepts: a message, an action on a turn, a question.
// Refuses what a client of another version may send and this one does not know.

import { AgentError } from '@opencomputer/contracts';
import type { Queries, QueryName, SendRequest, TurnAction } from '@opencomputer/contracts/internal';
import * as z from 'zod';
import { describe } from './chat-request.ts';

const identifier = z.string().min(1).max(256);
const words = z.string().max(10_000);
const conversationsMax = 1000;
const secretCharactersMax = 16_384;

const sendRequest: z.ZodType<SendRequest> = z.object({
  channel: identifier,
  channelMessageId: identifier,
  person: identifier,
  assurance: z.enum(['local', 'key', 'none']),
  conversation: identifier.exactOptional(),
  text: z.string(),
  attached: z.string().exactOptional(),
  timeZone: identifier,
  interactive: z.boolean(),
  stream: z.boolean(),
  folder: z.string().max(4096).exactOptional(),
  modelOnly: z.boolean().exactOptional(),
  command: z.string().exactOptional(),
  again: identifier.exactOptional(),
  join: z.boolean().exactOptional(),
});

const turnAction: z.ZodType<TurnAction> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('approve'), turn: identifier, callId: identifier }),
  z.object({
    type: z.literal('deny'),
    turn: identifier,
    callId: identifier,
    reason: words.exactOptional(),
  }),
  z.object({ type: z.literal('cancel'), turn: identifier, reason: words }),
  z.object({ type: z.literal('steer'), turn: identifier, text: z.string() }),
]);

const nothing: z.ZodType<Record<string, never>> = z.record(z.string(), z.never());
const queryInputs: { readonly [Name in QueryName]: z.ZodType<Queries[Name]['input']> } = {
  conversations: z.object({ limit: z.int().min(1).max(conversationsMax) }),
  turns: z.object({ conversation: identifier }),
  why: z.object({ turn: identifier.exactOptional() }),
  context: z.object({ conversation: identifier.exactOptional(), text: z.string() }),
  models: nothing,
  plugins: nothing,
  status: nothing,
  integrity: nothing,
  backup: z.object({
    path: z.string().min(1).max(4096),
    key: z.object({ salt: z.base64().max(100), key: z.base64().max(100) }),
  }),
  undo: z.object({ conversation: identifier }),
  pending: nothing,
  settle: z.object({ id: identifier, how: z.enum(['retry', 'drop']) }),
  choose: z.object({ model: identifier }),
  metrics: nothing,
  'plugin-list': nothing,
  'plugin-plan': z.object({ reference: z.string().min(1).max(4096) }),
  'plugin-plan-update': z.object({ plugin: identifier }),
  'plugin-commit': z.object({ id: identifier, consented: z.boolean(), atOnce: z.boolean() }),
  'plugin-change': z.object({
    plugin: identifier,
    change: z.enum(['enable', 'disable', 'pin', 'unpin', 'roll-back', 'promote']),
  }),
  'plugin-remove': z.object({ plugin: identifier }),
  'plugin-verify': nothing,
  'plugin-secret': z.object({
    plugin: identifier,
    name: identifier,
    value: z.string().min(1).max(secretCharactersMax).exactOptional(),
  }),
};
const queryNames = Object.keys(queryInputs) as QueryName[];
const queryRequest = z.object({ name: z.enum(queryNames), input: z.unknown() });
const listenRequest = z.object({ person: identifier });

/** A question with its input. */
export interface QueryRequest<Name extends QueryName = QueryName> {
  readonly name: Name;
  readonly input: Queries[Name]['input'];
}

/** All throw INPUT_INVALID naming the field. */
export function readSendRequest(value: unknown): SendRequest {
  return read(sendRequest, value);
}

export function readTurnAction(value: unknown): TurnAction {
  return read(turnAction, value);
}

export function readQueryRequest(value: unknown): QueryRequest {
  const { name, input } = read(queryRequest, value);
  return { name, input: read<Queries[QueryName]['input']>(queryInputs[name], input) };
}

/** The person of the query string. */
export function readListenRequest(value: unknown): string {
  return read(listenRequest, value).person;
}

function read<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AgentError('INPUT_INVALID', { problem: describe(result.error) });
}
