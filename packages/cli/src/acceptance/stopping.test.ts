import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { endOf, partsOf, startModelServer } from '@opencomputer/testkit';
import { temporaryFolder } from './fixtures/open-agent.ts';
import { answerTo, ask, serveDaemon } from './fixtures/program.ts';
import type { Daemon, Start } from './fixtures/program.ts';

/** A daemon in the middle of a turn whose model says nothing until the daemon is gone. */
async function inTheMiddle(
  context: TestContext,
): Promise<{ daemon: Daemon; start: Start; client: ReturnType<typeof ask> }> {
  const asked = Promise.withResolvers<void>();
  const server = await startModelServer((_, index) => {
    if (index > 0) return { text: 'Forty-two.' };
    asked.resolve();
    return { fault: { type: 'silence' } };
  });
  context.after(() => server.close());
  const environment = { OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'test-1' };
  const start = { home: temporaryFolder(context), environment };
  const daemon = await serveDaemon(context, start);
  const client = ask('explain the meaning of the universe to me', start);
  await client.before(asked.promise);
  return { daemon, start, client };
}

async function isAnsweredOnce(start: Start): Promise<void> {
  const parts = [
    ...(await answerTo('what are my reminders', start)),
    ...(await answerTo('what are my reminders', start)),
  ];
  assert.equal(endOf(parts).status, 'done');
  const said = partsOf(parts, 'notice').map(({ text }) => text);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /explain the meaning[^]*Forty-two\./);
}

test('asked to stop, the daemon takes no new turn, is out in time, and loses nothing', async (context) => {
  const { daemon, start, client } = await inTheMiddle(context);
  daemon.signal('SIGTERM');
  await daemon.refused();
  await daemon.ended;
  await client.ended;
  await isAnsweredOnce(start);
});

test('asked twice, it is out at once, and loses nothing either', async (context) => {
  const { daemon, start, client } = await inTheMiddle(context);
  daemon.signal('SIGTERM');
  await daemon.refused();
  daemon.signal('SIGTERM');
  assert.equal(await daemon.ended, null, 'a signal ended it');
  await client.ended;
  await isAnsweredOnce(start);
});
