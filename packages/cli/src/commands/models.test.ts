import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { models } from './models.ts';

test('the model that answers is marked', async () => {
  const context = testContext({ agent: doorTo(fakeService()) });
  assert.equal(await models(context, [], {}), 0);
  assert.match(context.output.text(), /\n\* {2}gpt +openai +ready +128,000 tokens\n$/);
});

test('no model is an exit code, with how to connect one and what works without', async () => {
  const agent = doorTo(fakeService({ queries: { models: [] } }));
  const context = testContext({ agent });
  assert.equal(await models(context, [], { json: true }), 4);
  assert.deepEqual(JSON.parse(context.output.text()), []);
  assert.match(context.error.text(), /OPENAI_API_KEY[^]*work without one\. \[MODEL_MISSING\]\n$/);
});
