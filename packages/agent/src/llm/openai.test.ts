import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openai, openaiChat } from './openai.ts';
import { requestOf } from './fixtures/request.ts';

test('the responses wire is called with the key, and nothing is stored', async () => {
  const { url, headers, body } = await requestOf(openai, { provider: 'openai', key: 'k-1' });
  assert.equal(url, 'https://api.openai.com/v1/responses');
  assert.equal(headers['authorization'], 'Bearer k-1');
  assert.equal(body['store'], false);
  assert.equal(body['model'], 'm-1');
});

test('the chat wire is called at its own address', async () => {
  const target = { provider: 'openai', wire: 'chat', key: 'k-1', baseUrl: 'http://h/v1' } as const;
  const { url, body } = await requestOf(openaiChat, target);
  assert.equal(url, 'http://h/v1/chat/completions');
  assert.ok(Array.isArray(body['messages']));
});
