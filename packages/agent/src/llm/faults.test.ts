// Every fault of a provider, over real HTTP, on every wire, streamed and not: one table.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ErrorCode, ModelConfiguration } from '@opencomputer/contracts';
import type { ModelDelta, ModelRequest } from '@opencomputer/contracts/internal';
import { createHastyClock, startModelServer } from '@opencomputer/testkit';
import type { HastyClock, ServerTurn } from '@opencomputer/testkit';
import { createModelEngine } from './engine.ts';
import type { CallRecord, EngineLimits, LanguageEngine } from './index.ts';

const SECOND = 1_000;

/** Waits are far away unless a row brings them near; the clock runs a thousand times too fast. */
const farLimits: Partial<EngineLimits> = {
  connectMsMax: 20_000 * SECOND,
  firstByteMsMax: 20_000 * SECOND,
  idleMsMax: 20_000 * SECOND,
  attemptMsMax: 20_000 * SECOND,
  answerBytesMax: 300_000,
};

const request: ModelRequest = {
  system: 'You are helpful.',
  messages: [{ role: 'user', text: 'hi' }],
  tools: [{ name: 'add', description: 'Adds.', input: { type: 'object', properties: {} } }],
  outputTokensMax: 1_000,
  trace: { turn: 'turn-1', step: 1 },
};

const wires: readonly Pick<ModelConfiguration, 'provider' | 'wire'>[] = [
  { provider: 'openai-compatible' },
  { provider: 'openai-compatible', wire: 'responses' },
  { provider: 'openai', wire: 'chat' },
  { provider: 'openai' },
  { provider: 'anthropic' },
];

/** One row: what the server does, and what must come of it. */
interface Row {
  readonly name: string;
  readonly turns: readonly ServerTurn[];
  /** Requests that the server must have seen. */
  readonly requests: number;
  /** The code of the failure; absent: it is answered. */
  readonly code?: ErrorCode;
  readonly text?: string;
  readonly limits?: Partial<EngineLimits>;
  readonly mode?: 'streamed' | 'whole';
  readonly check?: (seen: Seen) => void;
}

/** What was seen of a call. */
interface Seen {
  readonly error: unknown;
  readonly deltas: readonly ModelDelta[];
  readonly clock: HastyClock;
  readonly record: CallRecord;
  readonly answer: Awaited<ReturnType<LanguageEngine['call']>> | undefined;
}

const good: ServerTurn = { text: 'all is well' };
const long: ServerTurn = { text: 'one two three four five six seven eight nine ten' };
const status = (code: number, rest: object = {}): ServerTurn => ({
  fault: { type: 'status', status: code, ...rest },
});
const faulty = (type: 'reset', turn: ServerTurn = long): ServerTurn => ({
  ...turn,
  fault: { type },
});
const fault = (type: string, turn: ServerTurn = long): ServerTurn => faulty(type as 'reset', turn);

const rows: Row[] = [
  {
    name: '429 with Retry-After in seconds is waited for',
    turns: [status(429, { headers: { 'retry-after': '7' } }), good],
    requests: 2,
    text: 'all is well',
    check: ({ clock }) => assert.ok(clock.delays.some((wait) => wait >= 7_000 && wait < 8_000)),
  },
  {
    name: '429 with Retry-After as a date is waited for',
    turns: [
      status(429, {
        headers: { 'retry-after': new Date(Date.UTC(2026, 0, 1, 0, 0, 25)).toUTCString() },
      }),
      good,
    ],
    requests: 2,
    text: 'all is well',
  },
  {
    name: '429 that asks for an hour is not waited for',
    turns: [status(429, { headers: { 'retry-after': '3600' } })],
    requests: 1,
    code: 'MODEL_RATE_LIMITED',
    check: ({ error }) => {
      assert.equal((error as { retryAfterSeconds?: number }).retryAfterSeconds, 3600);
    },
  },
  {
    name: '429 without Retry-After ends',
    turns: [status(429)],
    requests: 3,
    code: 'MODEL_RATE_LIMITED',
  },
  { name: '500 ends', turns: [status(500)], requests: 3, code: 'MODEL_SERVER' },
  { name: '500 once is tried again', turns: [status(500), good], requests: 2, text: 'all is well' },
  { name: '502 ends', turns: [status(502)], requests: 3, code: 'MODEL_SERVER' },
  { name: '503 ends', turns: [status(503)], requests: 3, code: 'MODEL_OVERLOADED' },
  { name: '529 ends', turns: [status(529)], requests: 3, code: 'MODEL_OVERLOADED' },
  { name: '402 is the bill', turns: [status(402)], requests: 1, code: 'MODEL_BILLING' },
  {
    name: '429 for an empty account is the bill',
    turns: [status(429, { kind: 'insufficient_quota' })],
    requests: 1,
    code: 'MODEL_BILLING',
  },
  { name: '401 is the key', turns: [status(401)], requests: 1, code: 'MODEL_AUTHENTICATION' },
  { name: '403 is the key', turns: [status(403)], requests: 1, code: 'MODEL_AUTHENTICATION' },
  { name: '404 is the request', turns: [status(404)], requests: 1, code: 'MODEL_REQUEST' },
  { name: '400 is the request', turns: [status(400)], requests: 1, code: 'MODEL_REQUEST' },
  {
    name: 'a redirect is not followed',
    turns: [status(307, { headers: { location: '/v1/elsewhere' } })],
    requests: 1,
    code: 'MODEL_REQUEST',
  },
  { name: '413 is the window', turns: [status(413)], requests: 1, code: 'MODEL_CONTEXT' },
  {
    name: '400 about the context length is the window',
    turns: [status(400, { message: "This model's maximum context length is 4096 tokens." })],
    requests: 1,
    code: 'MODEL_CONTEXT',
  },
  {
    name: 'a server that never answers',
    turns: [fault('silence')],
    requests: 3,
    code: 'MODEL_TIMEOUT',
    limits: { firstByteMsMax: 60 * SECOND, attemptMsMax: 60 * SECOND },
  },
  {
    name: 'headers, then silence',
    turns: [fault('headers-then-silence')],
    requests: 3,
    code: 'MODEL_TIMEOUT',
    limits: { firstByteMsMax: 60 * SECOND, attemptMsMax: 60 * SECOND },
  },
  {
    name: 'a stall between two tokens',
    turns: [fault('stall'), good],
    requests: 2,
    text: 'all is well',
    limits: { idleMsMax: 250 * SECOND, attemptMsMax: 500 * SECOND },
  },
  {
    name: 'a reset in the middle',
    turns: [fault('reset'), good],
    requests: 2,
    text: 'all is well',
  },
  { name: 'a reset every time', turns: [fault('reset')], requests: 3, code: 'MODEL_UNREACHABLE' },
  {
    name: 'an end in the middle',
    turns: [fault('half-closed')],
    requests: 3,
    code: 'MODEL_ANSWER',
  },
  { name: 'truncated JSON', turns: [fault('truncated-json')], requests: 3, code: 'MODEL_ANSWER' },
  {
    name: 'characters split between packets',
    turns: [{ text: 'Grüße, 日本 👋', fault: { type: 'split-utf8' } }],
    requests: 1,
    text: 'Grüße, 日本 👋',
  },
  {
    name: 'a page of HTML',
    turns: [fault('wrong-type')],
    requests: 3,
    code: 'MODEL_ANSWER',
  },
  {
    name: 'an answer that is compressed',
    turns: [fault('compressed')],
    requests: 3,
    code: 'MODEL_ANSWER',
  },
  { name: 'an answer without end', turns: [fault('endless')], requests: 1, code: 'MODEL_TOO_LONG' },
  {
    name: 'an answer of 100 MB',
    turns: [{ fault: { type: 'huge', bytes: 100_000_000 } }],
    requests: 1,
    code: 'MODEL_TOO_LONG',
  },
  {
    name: 'an error inside the stream',
    turns: [fault('error-event'), good],
    requests: 2,
    text: 'all is well',
    mode: 'streamed',
  },
  { name: 'an empty answer twice', turns: [{}], requests: 2, code: 'MODEL_ANSWER' },
  { name: 'an empty answer once', turns: [{}, good], requests: 2, text: 'all is well' },
  {
    name: 'a refusal is an answer',
    turns: [{ text: 'I will not.', finish: 'refusal' }],
    requests: 1,
    check: ({ answer }) => assert.equal(answer?.finish, 'refusal'),
  },
  {
    name: 'a stop at the length is an answer',
    turns: [{ text: 'and then', finish: 'length' }],
    requests: 1,
    text: 'and then',
    check: ({ answer }) => assert.equal(answer?.finish, 'length'),
  },
  {
    name: 'a tool that nobody offered is passed on',
    turns: [{ toolCalls: [{ name: 'nobody_knows', arguments: { a: 1 } }] }],
    requests: 1,
    check: ({ answer }) => {
      assert.equal(answer?.finish, 'tool-calls');
      assert.deepEqual(callsOf(answer), [['nobody_knows', { a: 1 }]]);
    },
  },
  {
    name: 'arguments that are not JSON are passed on, marked',
    turns: [{ toolCalls: [{ name: 'add', arguments: '{"a": 1,,' }] }],
    requests: 1,
    check: ({ answer }) => {
      const [call] = callsOf(answer);
      assert.equal(call?.[0], 'add');
      assert.deepEqual(Object.keys(call?.[1] as object), ['$invalid']);
      assert.match(JSON.stringify(call?.[1]), /\\"a\\": 1,,/);
    },
  },
  {
    name: 'events that come twice never make two calls',
    turns: [fault('duplicated-chunk', { toolCalls: [{ name: 'add', arguments: { a: 1 } }] })],
    requests: 1,
    mode: 'streamed',
    check: ({ answer }) => assert.equal(callsOf(answer).length, 1),
  },
];

function callsOf(answer: Seen['answer']): [string, unknown][] {
  return (answer?.parts ?? []).flatMap((part) =>
    part.type === 'tool-call' ? [[part.call.tool, part.call.arguments] as [string, unknown]] : [],
  );
}

function textOf(answer: Seen['answer']): string {
  return (answer?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** What is left on the screen: text that was shown and not taken back. */
function shownText(deltas: readonly ModelDelta[]): string {
  const texts = new Map<string, string>();
  for (const delta of deltas) {
    if (delta.type === 'text-delta') texts.set(delta.id, (texts.get(delta.id) ?? '') + delta.delta);
    if (delta.type === 'text-withdraw') texts.delete(delta.id);
  }
  return [...texts.values()].join('');
}

async function play(row: Row, wire: (typeof wires)[number], streamed: boolean): Promise<void> {
  const server = await startModelServer(row.turns);
  const clock = createHastyClock();
  const records: CallRecord[] = [];
  const engine = createModelEngine({
    clock,
    random: () => 0.5,
    environment: { KEY: 'secret-key' },
    settings: [{ ...wire, model: 'test-1', url: server.url, keyVariable: 'KEY' }],
    limits: { ...farLimits, ...row.limits },
    onCall: (entry) => records.push(entry),
  });
  const deltas: ModelDelta[] = [];
  const { signal } = new AbortController();
  const onDelta = (delta: ModelDelta) => deltas.push(delta);
  let answer: Seen['answer'];
  let error: unknown;
  try {
    answer = await engine.call(request, streamed ? { signal, onDelta } : { signal });
  } catch (cause) {
    error = cause;
  } finally {
    engine.stop();
    await server.close();
  }
  const code = (error as { code?: string } | undefined)?.code;
  assert.equal(code, row.code, String(error));
  assert.equal(server.requests.length, row.requests);
  assert.ok(server.requests.every((seen) => seen.streamed === streamed));
  const [record] = records;
  assert.ok(record && records.length === 1);
  assert.equal(record.code, row.code);
  assert.equal(record.attempts, row.requests);
  assert.equal(JSON.stringify([record, error]).includes('secret-key'), false);
  if (row.text !== undefined) assert.equal(textOf(answer), row.text);
  if (streamed) assert.equal(shownText(deltas), textOf(answer));
  row.check?.({ error, deltas, clock, record, answer });
}

for (const each of wires) {
  const name = [each.provider, each.wire].filter(Boolean).join(', ');
  for (const streamed of [true, false]) {
    describe(`${name}, ${streamed ? 'streamed' : 'whole'}`, () => {
      for (const row of rows) {
        if (row.mode !== undefined && (row.mode === 'streamed') !== streamed) continue;
        test(row.name, () => play(row, each, streamed));
      }
    });
  }
}
