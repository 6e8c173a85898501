import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerQuestions } from './server-question.ts';

const { signal } = new AbortController();
const question = {
  mode: 'form' as const,
  message: 'How much?',
  requestedSchema: {
    type: 'object' as const,
    properties: { amount: { type: 'integer' as const } },
  },
};

test('a person is asked in the words of the server, and what they say is the answer', async () => {
  const asked: unknown[] = [];
  const answer = answerQuestions(async ({ message, schema }) => {
    asked.push([message, schema]);
    return { action: 'accept', content: { amount: 3 } };
  });
  assert.deepEqual(await answer(question, signal), { action: 'accept', content: { amount: 3 } });
  assert.deepEqual(asked, [['How much?', question.requestedSchema]]);
});

test('what a person will not answer carries no values', async () => {
  for (const action of ['decline', 'cancel'] as const) {
    const answer = answerQuestions(async () => ({ action }));
    assert.deepEqual(await answer(question, signal), { action });
  }
});

test('a question beside an open one is cancelled, and one after it is asked', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const answer = answerQuestions(async () => {
    asked += 1;
    await promise;
    return { action: 'decline' };
  });
  const first = answer(question, signal);
  assert.deepEqual(await answer(question, signal), { action: 'cancel' });
  resolve();
  assert.deepEqual(await first, { action: 'decline' });
  await answer(question, signal);
  assert.equal(asked, 2);
});

test('a link is not opened', async () => {
  const answer = answerQuestions(() => assert.fail('nobody is asked'));
  const link = { mode: 'url' as const, message: 'Go', elicitationId: 'e', url: 'https://a.org' };
  await assert.rejects(answer(link, signal), { code: -32602 });
});
