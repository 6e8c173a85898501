import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { completion, completionChunks, failureBody, failureEvent } from './completion.ts';

const head = { turn: 't1', model: 'any "model"', at: 1_800_000_000_999 };
const usage = { inputTokens: 10, outputTokens: 4, cachedTokens: 3, cost: 0.1 };
const wireUsage = {
  prompt_tokens: 10,
  completion_tokens: 4,
  total_tokens: 14,
  prompt_tokens_details: { cached_tokens: 3 },
};

function eventOf(text: string): unknown {
  assert.match(text, /^data: .*\n\n$/);
  return JSON.parse(text.slice('data: '.length));
}

test('a completion has every field that the OpenAI wire requires', () => {
  assert.deepEqual(JSON.parse(completion(head, 'Hi\n"you"', usage)), {
    id: 'chatcmpl-t1',
    object: 'chat.completion',
    created: 1_800_000_000,
    model: 'any "model"',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hi\n"you"', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: wireUsage,
  });
});

test('a chunk escapes its text and carries a null usage only when usage was asked for', () => {
  // The last three end a line for some clients, so the event must not hold them as they are.
  const words = 'line\n\n"quoted" data: [DONE] \u0085\u2028\u2029';
  for (const includeUsage of [false, true]) {
    const chunks = completionChunks(head, includeUsage);
    assert.doesNotMatch(chunks.delta(words), /[\u0085\u2028\u2029]/);
    assert.deepEqual(eventOf(chunks.delta(words)), {
      id: 'chatcmpl-t1',
      object: 'chat.completion.chunk',
      created: 1_800_000_000,
      model: 'any "model"',
      choices: [{ index: 0, delta: { content: words }, logprobs: null, finish_reason: null }],
      ...(includeUsage ? { usage: null } : {}),
    });
  }
});

test('the last chunk says stop, then the usage when asked for, then DONE', () => {
  const [stop, total, done, rest] = completionChunks(head, true)
    .finish(usage)
    .split(/(?<=\n\n)/);
  const { choices } = eventOf(stop ?? '') as { choices: unknown[] };
  assert.deepEqual(choices, [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }]);
  const last = eventOf(total ?? '') as { choices: unknown[]; usage: unknown };
  assert.deepEqual([last.choices, last.usage], [[], wireUsage]);
  assert.equal(done, 'data: [DONE]\n\n');
  assert.equal(rest, undefined);
  assert.equal(completionChunks(head, false).finish(usage).split('\n\n').length, 3);
});

test('errors have the OpenAI shape, our code and what to do', () => {
  const types = {
    UNAUTHORISED: 'authentication_error',
    POLICY_DENIED: 'permission_error',
    BUDGET_TOKENS: 'rate_limit_error',
    INPUT_EMPTY: 'invalid_request_error',
    MODEL_OVERLOADED: 'server_error',
  } as const;
  for (const [code, type] of Object.entries(types)) {
    const data = new AgentError(code as keyof typeof types).toData();
    const message = `${data.message} ${data.remedy}`;
    const expected = { error: { message, type, param: null, code } };
    assert.deepEqual(JSON.parse(failureBody(data)), expected);
    assert.equal(failureEvent(data), `data: ${failureBody(data)}\n\ndata: [DONE]\n\n`);
  }
});
