import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, piped, testContext } from '../fixtures/surroundings.ts';
import { chat } from './chat.ts';

test('a pipe is one message instead of a chat', async () => {
  const context = testContext({
    agent: doorTo(fakeService()),
    environment: environment(piped),
    input: 'from a pipe',
  });
  assert.equal(await chat(context, [], {}), 0);
  assert.equal(context.output.text(), 'You said: from a pipe\n');
});

test('an output that cannot be drawn on is refused before the agent is opened', async () => {
  const service = fakeService();
  for (const changes of [
    { streams: { input: true, output: false, error: true, columns: 80 } },
    { variables: { TERM: 'dumb' } },
  ]) {
    const context = testContext({ agent: doorTo(service), environment: environment(changes) });
    await assert.rejects(chat(context, [], {}), { code: 'TERMINAL_MISSING' });
  }
  assert.equal(service.isStopped(), false);
});
