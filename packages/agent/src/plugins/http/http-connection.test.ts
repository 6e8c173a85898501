import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import type { PluginCall } from '../connection.ts';
import { connectHttp } from './http-connection.ts';
import type { SendHttp } from './http-connection.ts';
import { shop } from './fixtures/shop.ts';

const described = manifest.parse({
  name: 'shop',
  version: '1.0.0',
  framework_version: '*',
  description: 'A shop.',
  runtime: 'http',
  url: 'https://api.example.com',
  openapi: 'shop.yaml',
});

function open(send: SendHttp) {
  const url = 'https://api.example.com';
  return connectHttp(described, {
    document: shop(),
    url,
    headers: {},
    send,
    clock: createFakeClock(),
  });
}

function call(rest: Partial<PluginCall>): PluginCall {
  const { signal } = new AbortController();
  const onService = (): Promise<never> => Promise.reject(new Error('no services'));
  return { tool: 'shop_get_item', input: { id: '7' }, signal, onService, ...rest };
}

test('a call is one request with the key of the call; a tool may be named without the plugin', async () => {
  const sent: Parameters<SendHttp>[0][] = [];
  const connection = open(async (request) => {
    sent.push(request);
    return { status: 204, headers: {}, body: new Uint8Array() };
  });
  const circumstances = { idempotencyKey: 'k7' };
  for (const tool of ['shop_create_item', 'create_item']) {
    const answer = await connection.call(call({ tool, input: { body: {} }, circumstances }));
    assert.equal(answer.type, 'result');
  }
  assert.equal(sent[1]?.url, 'https://api.example.com/items');
  assert.ok(sent[1]?.headers.some(([name, value]) => name === 'Idempotency-Key' && value === 'k7'));
  const unknown = await connection.call(call({ tool: 'shop_nothing' }));
  assert.equal(unknown.type, 'error');
});

test('arguments that make no request are refused, and nothing is sent', async () => {
  const connection = open(() => assert.fail('it was sent'));
  const answer = await connection.call(call({ input: { id: '..' } }));
  assert.ok(answer.type === 'result');
  const [content] = answer.result['content'] as { readonly text: string }[];
  assert.equal(content?.text, 'Nothing was sent: . and .. cannot be in a path.');
});

test('without an answer a write is lost and a read has failed', async () => {
  const connection = open(() => Promise.reject(new Error('it broke')));
  const read = await connection.call(call({}));
  assert.equal(read.type, 'result');
  const write = await connection.call(call({ tool: 'shop_create_item', input: { body: {} } }));
  assert.deepEqual(write, { type: 'lost', problem: 'it broke' });
  assert.equal(connection.isLost, false, 'the next call is another connection');
});

test('a cancelled call ends at once, and more than 16 at the same time are refused', async () => {
  const connection = open(({ signal }) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason));
    return promise;
  });
  const controller = new AbortController();
  const { signal } = controller;
  const open16 = Array.from({ length: 16 }, () => connection.call(call({ signal })));
  assert.equal((await connection.call(call({}))).type, 'error');
  controller.abort();
  for (const answer of await Promise.all(open16)) {
    assert.ok(answer.type === 'cancelled');
    assert.equal(await answer.stopped, true);
  }
});

test('a stopped connection ends what is open, and takes no more', async () => {
  const connection = open(({ signal }) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason));
    return promise;
  });
  const write = connection.call(call({ tool: 'shop_create_item', input: { body: {} } }));
  await connection.stop();
  assert.equal((await write).type, 'lost');
  assert.equal(await connection.lost, 'it was stopped');
  assert.equal((await connection.call(call({}))).type, 'lost');
});
