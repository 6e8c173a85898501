import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openaiCompatible } from './openai-compatible.ts';
import { requestOf } from './fixtures/request.ts';

test('a key is sent when there is one, and none otherwise', async () => {
  const target = { provider: 'openai-compatible', baseUrl: 'http://h/v1' };
  const open = await requestOf(openaiCompatible, target);
  assert.equal(open.url, 'http://h/v1/chat/completions');
  assert.equal(open.headers['authorization'], undefined);
  const keyed = await requestOf(openaiCompatible, { ...target, key: 'k-1' });
  assert.equal(keyed.headers['authorization'], 'Bearer k-1');
});
