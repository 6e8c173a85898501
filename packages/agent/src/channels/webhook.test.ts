import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { configuration } from '@opencomputer/contracts';
import type { Channel } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import { webhookChannels } from './webhook.ts';

interface Taken {
  readonly request: IncomingMessage;
  readonly body: string;
}

async function target(
  context: TestContext,
  status = 204,
  headers: Record<string, string> = {},
): Promise<{ url: string; taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      taken.push({ request, body });
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, taken };
}

const clock = createFakeClock();
const reply = {
  id: '01a203cf-d6e9-7697-841b-000000000001.webhook',
  channel: 'webhook',
  person: 'owner',
  conversation: 'c1',
  turn: 't1',
  text: 'Hello.',
};

function channelOf(webhook: object, environment: Record<string, string> = {}): Channel {
  const parts = { configuration: configuration.parse({ channels: { webhook } }), environment };
  const [registered] = webhookChannels({ ...parts, clock, fetch });
  assert.ok(registered);
  return registered.channel;
}

test('a reply is posted once, signed as Standard Webhooks say, with its id as the key', async (context) => {
  const { url, taken } = await target(context);
  await channelOf({ url, secretVariable: 'HOOK' }, { HOOK: 's3cret' }).deliver(reply);
  const [{ request, body } = { request: undefined, body: '' }] = taken;
  assert.deepEqual(JSON.parse(body), {
    id: reply.id,
    conversation: 'c1',
    turn: 't1',
    text: 'Hello.',
  });
  const { headers } = request ?? {};
  assert.equal(headers?.['idempotency-key'], reply.id);
  assert.equal(headers?.['webhook-id'], reply.id);
  const at = String(Math.floor(clock.now() / 1000));
  assert.equal(headers?.['webhook-timestamp'], at);
  const mac = createHmac('sha256', 's3cret').update(`${reply.id}.${at}.${body}`).digest('base64');
  assert.equal(headers?.['webhook-signature'], `v1,${mac}`);
  assert.equal(taken.length, 1);
});

test('what is not taken is said without the address; a redirect is not followed', async (context) => {
  const elsewhere = await target(context);
  const cases: [string, RegExp][] = [
    [(await target(context, 500)).url, /it answered 500/],
    [(await target(context, 410)).url, /it answered 410/],
    [(await target(context, 307, { location: elsewhere.url })).url, /it answered 307/],
    ['http://127.0.0.1:1/key-in-the-path', /cannot be reached/],
  ];
  for (const [url, expected] of cases) {
    await assert.rejects(channelOf({ url, secret: 'x' }).deliver(reply), (error: Error) => {
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /127\.0\.0\.1|key-in-the-path/);
      return true;
    });
  }
  assert.equal(elsewhere.taken.length, 0);
  assert.deepEqual(clock.waits, [], 'no time limit is left behind');
});

test('an address that never answers is given up after its time', async () => {
  const silent: typeof fetch = (_, options) =>
    new Promise((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
      clock.forward(30_000);
    });
  const parsed = configuration.parse({
    channels: { webhook: { url: 'https://example.org', secret: 'x' } },
  });
  const parts = { configuration: parsed, environment: {}, clock, fetch: silent };
  const [registered] = webhookChannels(parts);
  const delivering = registered?.channel.deliver(reply) ?? Promise.resolve();
  await assert.rejects(delivering, /no answer within 30 s/);
});

test('without its secret nothing is sent', async (context) => {
  const { url, taken } = await target(context);
  const delivering = channelOf({ url, secretVariable: 'HOOK' }).deliver(reply);
  await assert.rejects(delivering, { code: 'CHANNEL_REFUSED' });
  assert.equal(taken.length, 0);
});

test('there is none unless it is configured, and it says which copies it gets', () => {
  const none = { configuration: configuration.parse({}), environment: {}, clock, fetch };
  assert.deepEqual(webhookChannels(none), []);
  const webhook = { url: 'https://example.org', secret: 'x' };
  const given = configuration.parse({ channels: { webhook } });
  assert.equal(webhookChannels({ ...none, configuration: given })[0]?.copies, 'notices');
  for (const wrong of [{ url: 'https://example.org' }, { ...webhook, secretVariable: 'HOOK' }]) {
    assert.equal(configuration.safeParse({ channels: { webhook: wrong } }).success, false);
  }
});
