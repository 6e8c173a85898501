import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChatRequest } from './chat-request.ts';

const user = (content: unknown): unknown => ({ role: 'user', content });

test('the smallest request gets defaults', () => {
  assert.deepEqual(readChatRequest({ messages: [user('hi')] }), {
    text: 'hi',
    model: 'opencomputer',
    stream: false,
    includeUsage: false,
  });
});

test('all that is understood is taken over, the rest is ignored', () => {
  const request = {
    model: 'gpt-unknown',
    user: 'ann',
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
    n: 1,
    temperature: 0.2,
    tools: [{ type: 'function', function: { name: 'x' } }],
    messages: [user('hi')],
  };
  const expected = { text: 'hi', user: 'ann', model: 'gpt-unknown', stream: true };
  assert.deepEqual(readChatRequest(request), { ...expected, includeUsage: true });
});

test('the last message of the user is the message, parts with text are joined', () => {
  const parts = [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
  ];
  const messages = [{ role: 'system', content: 'be brief' }, user('before'), user(parts)];
  const after = { role: 'assistant', content: null, tool_calls: [] };
  assert.equal(readChatRequest({ messages: [...messages, after] }).text, 'one\ntwo');
});

test('null counts as absent, as some clients send it', () => {
  const request = { model: null, user: null, stream: null, stream_options: null, n: null };
  const { stream, ...rest } = readChatRequest({ ...request, messages: [user('hi')] });
  assert.equal(stream, false);
  assert.equal(rest.user, undefined);
});

test('a request without words of the user is empty', () => {
  const empty = [
    [],
    [{ role: 'assistant', content: 'hi' }],
    [user('  \n')],
    [user([])],
    [user(null)],
  ];
  for (const messages of empty) {
    assert.throws(() => readChatRequest({ messages }), { code: 'INPUT_EMPTY' });
  }
});

test('what is wrong is refused and named', () => {
  const messages = [user('hi')];
  const cases: [unknown, RegExp][] = [
    [null, /expected object/],
    ['hi', /expected object/],
    [{}, /messages: /],
    [{ messages: 'hi' }, /messages: /],
    [{ messages: [{ content: 'hi' }] }, /messages\.0\.role/],
    [{ messages: [user(5)] }, /messages\.0\.content/],
    [{ messages: [user([{ type: 'image_url', image_url: {} }])] }, /"image_url" is not accepted/],
    [{ messages, n: 2 }, /n: /],
    [{ messages, user: 'x'.repeat(257) }, /user: /],
    [{ messages, stream: 'yes' }, /stream: /],
    [{ messages: Array.from({ length: 10_001 }, () => user('hi')) }, /messages: /],
  ];
  for (const [request, expected] of cases) {
    assert.throws(
      () => readChatRequest(request),
      (error: Error & { code?: string }) =>
        error.code === 'INPUT_INVALID' && expected.test(error.message),
      String(expected),
    );
  }
});
