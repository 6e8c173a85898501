import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { callTurns } from './callers.ts';

interface Recorder {
  readonly base: string;
  readonly seen: { url: string | undefined; key: string | undefined; user: string; port: number }[];
}

async function recorder(context: TestContext, status = 200): Promise<Recorder> {
  const seen: Recorder['seen'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.once('end', () => {
      const { user } = JSON.parse(body) as { user: string };
      const { url, headers, socket } = request;
      seen.push({ url, key: headers.authorization, user, port: socket.remotePort ?? 0 });
      response.writeHead(status).end('{}');
    });
  }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

test('turns go one after another over one connection, with the model called in between', async (context) => {
  const [agent, model] = [await recorder(context), await recorder(context)];
  const times = await callTurns({
    endpoint: { base: agent.base, key: 'k' },
    direct: { base: model.base, key: '' },
    turns: 5,
    text: 'hi',
    user: 'ann',
  });
  assert.deepEqual([times.endpoint.length, times.direct.length], [5, 5]);
  assert.ok(times.endpoint.every((milliseconds) => milliseconds > 0));
  assert.deepEqual([agent.seen.length, model.seen.length], [5, 5]);
  assert.equal(new Set(agent.seen.map(({ port }) => port)).size, 1);
  for (const { url, key, user } of agent.seen) {
    assert.deepEqual([url, key, user], ['/v1/chat/completions', 'Bearer k', 'ann']);
  }
});

test('fresh turns are conversations of their own', async (context) => {
  const agent = await recorder(context);
  const endpoint = { base: agent.base, key: 'k' };
  await callTurns({ endpoint, turns: 4, text: 'hi', user: 'ann', fresh: true });
  assert.equal(new Set(agent.seen.map(({ user }) => user)).size, 4);
});

test('callers side by side each keep to their conversation and their connection', async (context) => {
  const agent = await recorder(context);
  const endpoint = { base: agent.base, key: 'k' };
  const plan = { endpoint, turns: 3, text: 'hi', user: 'ann', callers: 4 };
  const times = await callTurns(plan);
  assert.equal(times.endpoint.length, 12);
  assert.ok(times.wallMs >= Math.max(...times.endpoint));
  assert.equal(new Set(agent.seen.map(({ port }) => port)).size, 4);
  const counted = Object.groupBy(agent.seen, ({ user }) => user);
  const users = ['ann-0', 'ann-1', 'ann-2', 'ann-3'];
  assert.deepEqual(Object.keys(counted).toSorted(), users);
  assert.ok(Object.values(counted).every((turns) => turns?.length === 3));
});

test('an answer that is not good ends the bench', async (context) => {
  const agent = await recorder(context, 503);
  const endpoint = { base: agent.base, key: 'k' };
  await assert.rejects(callTurns({ endpoint, turns: 4, text: 'hi', user: 'ann' }), /ended with 1/);
  assert.equal(agent.seen.length, 1);
});
