import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropic } from './anthropic.ts';
import { requestOf } from './fixtures/request.ts';

test('the messages wire is called with the key', async () => {
  const { url, headers } = await requestOf(anthropic, { provider: 'anthropic', key: 'k-1' });
  assert.equal(url, 'https://api.anthropic.com/v1/messages');
  assert.equal(headers['x-api-key'], 'k-1');
});

test('system prompt and last message are marked for the cache', async () => {
  const { bytes } = await requestOf(anthropic, { provider: 'anthropic', key: 'k-1' });
  assert.equal(bytes.split('"cache_control":{"type":"ephemeral"}').length - 1, 2);
});
