import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationId, doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { sessions } from './sessions.ts';

test('conversations are listed with when, how long and what about', async () => {
  const context = testContext({ agent: doorTo(fakeService()) });
  assert.equal(await sessions(context, [], {}), 0);
  assert.equal(context.output.text(), `${conversationId}  09:00  2 turns  hello there\n`);
});

test('no conversation is said in a sentence, and is empty JSON', async () => {
  const agent = doorTo(fakeService({ queries: { conversations: [] } }));
  const plain = testContext({ agent });
  await sessions(plain, [], {});
  assert.match(plain.output.text(), /no conversation yet/);
  const json = testContext({ agent });
  await sessions(json, [], { json: true });
  assert.deepEqual(JSON.parse(json.output.text()), []);
});

test('a limit that is no number is refused', async () => {
  const context = testContext({ agent: doorTo(fakeService()) });
  for (const limit of ['0', '-1', 'many', '1.5', '1001']) {
    await assert.rejects(sessions(context, [], { limit }), { code: 'OPTION_INVALID' });
  }
});
