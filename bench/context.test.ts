import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './context.ts';
import { requestFor } from './fixtures/agent.ts';
import { standIn } from './fixtures/options.ts';
import { modelText } from './measure/surroundings.ts';

const expected = (text: string): Record<string, number> => ({
  'context.hi_tokens': Buffer.byteLength(requestFor(text)) / 4,
  'context.hi_tools': 3,
});

test('the whole request for "hi" is counted', async () => {
  assert.deepEqual(await run(standIn('usual')), expected('hi'));
});

test('where "hi" needs no model, the request for a question is counted', async () => {
  assert.deepEqual(await run(standIn('thrifty')), expected(modelText));
});

test('an agent that never calls the model has no context to measure', async () => {
  await assert.rejects(run(standIn('idle')), /the model was not called/);
});
