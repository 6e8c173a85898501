import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openaiCompatible, openaiCompatibleResponses } from './openai-compatible.ts';
import { requestOf } from './fixtures/request.ts';

test('a key is sent when there is one, and none otherwise', async () => {
  const target = { provider: 'openai-compatible', baseUrl: 'http://h/v1' } as const;
  const open = await requestOf(openaiCompatible, target);
  assert.equal(open.url, 'http://h/v1/chat/completions');
  assert.equal(open.headers['authorization'], undefined);
  const keyed = await requestOf(openaiCompatible, { ...target, key: 'k-1' });
  assert.equal(keyed.headers['authorization'], 'Bearer k-1');
});

test('the responses wire goes to the same address, by default to this machine', async () => {
  const target = { provider: 'openai-compatible', wire: 'responses' } as const;
  const at = async (rest: object) =>
    (await requestOf(openaiCompatibleResponses, { ...target, ...rest })).url;
  assert.equal(await at({ baseUrl: 'http://h/v1' }), 'http://h/v1/responses');
  assert.equal(await at({}), 'http://127.0.0.1:11434/v1/responses');
});
