import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwn, keyMissing, needsKey } from './key.ts';

test('a hosted provider wants a key at its own address, a compatible server may not', () => {
  assert.ok(needsKey({ provider: 'openai' }));
  assert.ok(needsKey({ provider: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' }));
  assert.ok(!needsKey({ provider: 'openai', baseUrl: 'http://127.0.0.1:1/v1' }));
  assert.ok(!needsKey({ provider: 'openai-compatible', baseUrl: 'https://api.openai.com/v1' }));
  assert.ok(!isOwn('openai', 'https://api.openai.com.evil.example/v1'));
});

test('a missing key names the variable in which it was looked for, and refuses nobody', () => {
  const said = [
    keyMissing({ provider: 'openai' }, 'gpt').message,
    keyMissing({ provider: 'anthropic', keyVariable: 'WORK_KEY' }, 'claude').message,
    keyMissing({ provider: 'openai-compatible', baseUrl: 'http://h/v1' }, 'llama').message,
  ];
  assert.deepEqual(said, [
    'gpt has no key: OPENAI_API_KEY is not set.',
    'claude has no key: WORK_KEY is not set.',
    'llama has no key: its server wants one, and none is set.',
  ]);
});
