import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as openRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { StreamPart } from '@opencomputer/contracts';
import {
  apiKey,
  ask,
  message,
  partsOf,
  saying,
  scriptedService,
  serve,
} from './fixtures/scripted-service.ts';
import type { Answer, Served } from './fixtures/scripted-service.ts';

function errorOf({ text }: Answer): { code: string; message: string; type: string } {
  return (JSON.parse(text) as { error: { code: string; message: string; type: string } }).error;
}

/** A turn that starts, says a word and then goes on until `finish` is called. */
function endless(): { parts: AsyncGenerator<StreamPart>; finish: () => void; left: Promise<void> } {
  const end = Promise.withResolvers<void>();
  const leaving = Promise.withResolvers<void>();
  async function* parts(): AsyncGenerator<StreamPart> {
    try {
      const [start, ...rest] = saying('Hello');
      if (start) yield start;
      yield { type: 'text-delta', id: 'a', delta: 'Hel' };
      await end.promise;
      yield* rest.slice(-1);
    } finally {
      leaving.resolve();
    }
  }
  return { parts: parts(), finish: () => end.resolve(), left: leaving.promise };
}

/** An open streamed request whose first bytes have arrived. */
async function openStream(served: Served, headers = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(served.url);
  const request = openRequest({
    hostname,
    port,
    path: '/v1/chat/completions',
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
  });
  request.end(JSON.stringify(message('hi', { stream: true })));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  await once(response, 'readable');
  return response;
}

test('a plain request is answered with one completion', async (context) => {
  const service = scriptedService();
  const served = await serve(context, service);
  const body = message('hi', { user: 'ann', model: 'gpt-any' });
  const { status, headers, text } = await ask(served, { body });
  assert.equal(status, 200);
  assert.match(headers['content-type'] ?? '', /^application\/json/);
  const answer = JSON.parse(text) as Record<string, unknown>;
  assert.equal(answer['id'], 'chatcmpl-turn-1');
  assert.equal(answer['model'], 'gpt-any');
  assert.equal(answer['created'], 1_800_000_000);
  assert.deepEqual(service.sent, [
    {
      channel: 'api',
      channelMessageId: 'id-1',
      person: 'owner',
      assurance: 'key',
      conversation: 'conversation of ann',
      text: 'hi',
      timeZone: 'Europe/Berlin',
      interactive: false,
      stream: false,
    },
  ]);
});

test('without a user the conversation is new, and a given key is the id of the message', async (context) => {
  const service = scriptedService();
  const served = await serve(context, service);
  await ask(served, { body: message('hi'), headers: { 'idempotency-key': 'k1' }, local: true });
  const [sent] = service.sent;
  assert.ok(sent && !('conversation' in sent));
  assert.equal(sent.channelMessageId, 'k1');
  assert.equal(sent.join, true, 'an earlier process may have accepted it');
  assert.equal(sent.assurance, 'local');
  for (const key of ['', 'x'.repeat(256)]) {
    const headers = { 'idempotency-key': key };
    const answer = await ask(served, { body: message('hi'), headers });
    assert.equal(errorOf(answer).code, 'INPUT_INVALID');
  }
  assert.equal(service.sent.length, 1);
});

test('a streamed answer is the official wire: role, words, stop, usage, DONE', async (context) => {
  const service = scriptedService();
  const served = await serve(context, service);
  const more = { stream: true, stream_options: { include_usage: true } };
  const { headers, text } = await ask(served, { body: message('hi', more) });
  assert.match(headers['content-type'] ?? '', /^text\/event-stream/);
  assert.equal(service.sent[0]?.stream, true);
  const events = text.split('\n\n');
  assert.equal(events.pop(), '');
  assert.equal(events.pop(), 'data: [DONE]');
  const chunks = events.map((event) => JSON.parse(event.slice('data: '.length)) as Chunk);
  for (const { id, object, created, model } of chunks) {
    assert.deepEqual(
      [id, object, created, model],
      ['chatcmpl-turn-1', 'chat.completion.chunk', 1_800_000_000, 'any'],
    );
  }
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.delta),
    [
      { role: 'assistant', content: '' },
      { content: 'Hello' },
      { content: ' there' },
      {},
      undefined,
    ],
  );
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.finish_reason),
    [null, null, null, 'stop', undefined],
  );
  assert.deepEqual(
    chunks.map(({ usage }) => usage?.total_tokens ?? null),
    [null, null, null, null, 14],
  );
});

interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
  readonly choices: { readonly delta: unknown; readonly finish_reason: string | null }[];
  readonly usage?: { readonly total_tokens: number } | null;
}

test('a failed turn is an error that clients do not repeat by themselves', async (context) => {
  const error = new AgentError('MODEL_OVERLOADED', { model: 'm', retryAfterSeconds: 7 }).toData();
  const failed = saying().map((part) =>
    part.type === 'turn-end' ? { ...part, status: 'failed' as const, error } : part,
  );
  const served = await serve(context, scriptedService({ send: () => partsOf(failed) }));
  const plain = await ask(served, { body: message('hi') });
  assert.equal(plain.status, 503);
  assert.equal(plain.headers['retry-after'], '7');
  assert.equal(plain.headers['x-should-retry'], 'false');
  assert.equal(errorOf(plain).code, 'MODEL_OVERLOADED');
  assert.match(errorOf(plain).message, /^m is overloaded\. Wait/);
  const streamed = await ask(served, { body: message('hi', { stream: true }) });
  assert.equal(streamed.status, 200);
  const [last, done] = streamed.text.split('\n\n').slice(-3);
  assert.equal(done, 'data: [DONE]');
  assert.match(last ?? '', /^data: \{"error":\{.*"code":"MODEL_OVERLOADED"\}\}$/);
});

test('what the service throws before and after the start has its code', async (context) => {
  const throwing = async function* (parts: StreamPart[], error: Error): AsyncGenerator<StreamPart> {
    yield* parts;
    throw error;
  };
  let script: () => AsyncIterable<StreamPart> = () =>
    throwing([], new AgentError('TURN_BUSY', { retryAfterSeconds: 1 }));
  const served = await serve(context, scriptedService({ send: () => script() }));
  for (const stream of [false, true]) {
    const answer = await ask(served, { body: message('hi', { stream }) });
    assert.deepEqual([answer.status, errorOf(answer).code], [409, 'TURN_BUSY']);
  }
  assert.deepEqual(served.faults, []);
  const defect = new Error('a defect');
  script = () => throwing(saying('Hello').slice(0, 4), defect);
  const answer = await ask(served, { body: message('hi', { stream: true }) });
  assert.match(answer.text, /"code":"INTERNAL"\}\}\n\ndata: \[DONE\]\n\n$/);
  assert.deepEqual(served.faults, [defect]);
  script = () => partsOf(saying('Hello').slice(0, 2));
  assert.equal((await ask(served, { body: message('hi') })).status, 500);
});

test('a client that leaves before the end cancels its turn', async (context) => {
  const turn = endless();
  const acted = Promise.withResolvers<unknown>();
  const act = async (action: unknown): Promise<void> => acted.resolve(action);
  const served = await serve(context, scriptedService({ send: () => turn.parts, act }));
  (await openStream(served)).destroy();
  assert.deepEqual(await acted.promise, {
    type: 'cancel',
    turn: 'turn-1',
    reason: 'the client disconnected',
  });
  turn.finish();
  await turn.left;
});

test('a plain request whose client leaves is cancelled too', async (context) => {
  const turn = endless();
  const acted = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const service = scriptedService({
    send: () => {
      started.resolve();
      return turn.parts;
    },
    act: async () => acted.resolve(),
  });
  const served = await serve(context, service);
  const { hostname, port } = new URL(served.url);
  const socket = connect(Number(port), hostname);
  const body = JSON.stringify(message('hi'));
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${apiKey}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await started.promise;
  socket.destroy();
  await acted.promise;
  turn.finish();
});

test('with an idempotency key the turn goes on without its client, whose next try joins it', async (context) => {
  const turn = endless();
  const service = scriptedService({ send: () => turn.parts });
  const served = await serve(context, service);
  const headers = { 'idempotency-key': 'k1' };
  (await openStream(served, headers)).destroy();
  const joined = await openStream(served, headers);
  const plain = ask(served, { body: message('hi'), headers });
  turn.finish();
  assert.match(await textOf(joined), /"content":"Hel"[^]*"content":"lo"[^]*\[DONE\]/);
  const answers = [await plain, await ask(served, { body: message('hi'), headers })];
  for (const answer of answers) {
    assert.equal(answer.status, 200);
    assert.match(answer.text, /"chatcmpl-turn-1"[^]*"content":"Hello"/);
  }
  const other = await ask(served, { body: message('something else'), headers });
  assert.deepEqual([other.status, errorOf(other).code], [422, 'IDEMPOTENCY_KEY_REUSED']);
  assert.equal(service.sent.length, 1);
  assert.deepEqual(service.acted, []);
});

test('a quiet stream shows signs of life', async (context) => {
  const turn = endless();
  const served = await serve(context, scriptedService({ send: () => turn.parts }));
  const response = await openStream(served);
  response.setEncoding('utf8').read();
  assert.ok(served.clock.pass(15_000));
  const [piece] = (await once(response, 'data')) as [string];
  assert.equal(piece, ': keep-alive\n\n');
  turn.finish();
});

test('a reader that stops reading stops the turn from being read, and loses nothing', async (context) => {
  const delta = 'x'.repeat(64 * 1024);
  const total = 1000;
  let taken = 0;
  async function* parts(): AsyncGenerator<StreamPart> {
    const [start, end] = [saying()[0], saying().at(-1)];
    if (start) yield start;
    for (; taken < total; taken += 1) yield { type: 'text-delta', id: 'a', delta };
    if (end?.type === 'turn-end') yield { ...end, text: delta.repeat(total) };
  }
  const served = await serve(context, scriptedService({ send: () => parts() }));
  const response = await openStream(served);
  let before = -1;
  while (before !== taken) {
    before = taken;
    for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
  }
  assert.ok(taken < total / 2, `${taken} of ${total} parts were read for a reader that does not`);
  let characters = 0;
  for await (const piece of response) characters += (piece as Buffer).length;
  assert.equal(taken, total);
  assert.ok(characters > total * delta.length);
});
