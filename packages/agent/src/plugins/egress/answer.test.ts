import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { answerError, closeWithError } from './answer.ts';

test('an error is its status and its code with a text; one after the head cuts the answer off', async (context) => {
  const server = createServer((request, response) => {
    if (request.url === '/late') response.flushHeaders();
    answerError(response, new AgentError('EGRESS_HOST', { host: 'x.com', problem: 'no' }));
  });
  context.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = await fetch(`${origin}/now`);
  assert.equal(answer.status, 403);
  assert.deepEqual(await answer.json(), {
    code: 'EGRESS_HOST',
    text: 'The plugin may not reach x.com: no.',
  });
  const late = await fetch(`${origin}/late`);
  await assert.rejects(late.text());
});

test('a connection without a request hears the same, and is closed', async () => {
  const socket = new PassThrough();
  closeWithError(socket, new AgentError('EGRESS_BUSY', { what: 'connections', limit: 1 }));
  const text = (await socket.toArray()).join('');
  assert.match(text, /^HTTP\/1\.1 503 Service Unavailable\r\n/);
  assert.match(text, /\r\nConnection: close\r\n\r\n\{"code":"EGRESS_BUSY","text":/);
  const ended = new PassThrough().end();
  closeWithError(ended, new AgentError('EGRESS_BUSY', { what: 'connections', limit: 1 }));
  assert.ok(ended.destroyed);
});
