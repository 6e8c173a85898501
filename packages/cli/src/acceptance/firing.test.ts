import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AgentService } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, partsOf, readParts } from '@opencomputer/testkit';
import type { FakeClock } from '@opencomputer/testkit';
import { openTestAgent, temporaryFolder, typed } from './fixtures/open-agent.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const zone = 'Europe/Berlin';

/** 2 February 2026, a Monday, 08:00 in Berlin. */
const start = Date.UTC(2026, 1, 2, 7);

interface Bench {
  readonly clock: FakeClock;
  readonly agent: AgentService;
  /** Stops the agent, lets `ms` pass, and opens it again on the same data. */
  reopen(ms: number): Promise<AgentService>;
}

async function open(context: TestContext): Promise<Bench> {
  const directory = temporaryFolder(context);
  const clock = createFakeClock(start);
  const reports: string[] = [];
  let agent = await openTestAgent({ directory, clock }, reports);
  context.after(async () => {
    await agent.stop();
    assert.deepEqual(reports, []);
  });
  return {
    clock,
    agent,
    reopen: async (ms) => {
      await agent.stop();
      clock.set(clock.now() + ms);
      agent = await openTestAgent({ directory, clock }, reports);
      return agent;
    },
  };
}

/** What is heard, one by one, until the test ends. */
function listen(context: TestContext, agent: AgentService): () => Promise<string> {
  const end = new AbortController();
  context.after(() => end.abort());
  const notices = agent.listen('owner', end.signal)[Symbol.asyncIterator]();
  return async () => {
    const next: IteratorResult<{ readonly text: string }, unknown> = await notices.next();
    return next.done === true ? '' : next.value.text;
  };
}

async function say(agent: AgentService, text: string): Promise<string> {
  const parts = await readParts(agent.send(typed(text, { timeZone: zone })));
  return endOf(parts).text;
}

const noticesOf = async (agent: AgentService, text: string): Promise<readonly string[]> =>
  partsOf(await readParts(agent.send(typed(text, { timeZone: zone }))), 'notice').map(
    (part) => part.text,
  );

test('a reminder is said once, when it is due, to whoever listens', async (context) => {
  const { agent, clock } = await open(context);
  const heard = listen(context, agent);
  await say(agent, 'remind me at 10 to call Bob');
  const next = heard();
  clock.forward(2 * hour - 1);
  assert.match(await say(agent, 'what are my reminders'), /10:00: call Bob/);
  clock.forward(1);
  assert.match(await next, /call Bob/);
  assert.doesNotMatch(await say(agent, 'what are my reminders'), /call Bob/);

  await say(agent, 'remind me at 11 to water the plants');
  const later = heard();
  clock.forward(hour);
  assert.match(await later, /water the plants/);
  assert.deepEqual(await noticesOf(agent, 'hi'), []);
});

test('one that was due while nothing ran is said at the next start, once', async (context) => {
  const { agent, reopen } = await open(context);
  await say(agent, 'remind me tomorrow at 9 to call Bob');
  const second = await reopen(3 * day);
  const notices = await noticesOf(second, 'what are my reminders');
  assert.equal(notices.length, 1);
  assert.match(notices[0] ?? '', /call Bob/);
  const third = await reopen(0);
  assert.deepEqual(await noticesOf(third, 'hi'), []);
});

test('one that is due at the very end is said at the next start, once', async (context) => {
  const { agent, clock, reopen } = await open(context);
  await say(agent, 'remind me at 10 to call Bob');
  clock.forward(3 * hour);
  const second = await reopen(0);
  assert.equal((await noticesOf(second, 'hi')).length, 1);
  const third = await reopen(0);
  assert.deepEqual(await noticesOf(third, 'hi'), []);
});

test('a repeating one is said each time, and sets its next one by the wall clock', async (context) => {
  const { agent, clock } = await open(context);
  const heard = listen(context, agent);
  const made = await say(agent, 'remind me every day at 9 to take my pills');
  assert.match(made, /every day|daily/i);
  // Over the change to summer time on 29 March: 9 in the morning stays 9 in the morning.
  clock.set(Date.UTC(2026, 2, 27, 7));
  for (const due of [
    Date.UTC(2026, 2, 27, 8),
    Date.UTC(2026, 2, 28, 8),
    Date.UTC(2026, 2, 29, 7),
    Date.UTC(2026, 2, 30, 7),
  ]) {
    const next = heard();
    clock.forward(due - clock.now());
    assert.match(await next, /take my pills/);
    assert.match(await say(agent, 'what are my reminders'), /09:00.*take my pills/);
  }
});

test('a machine that slept through several of a repeating one says it once, then goes on', async (context) => {
  const { agent, reopen } = await open(context);
  await say(agent, 'remind me every day at 9 to take my pills');
  const second = await reopen(10 * day);
  assert.equal((await noticesOf(second, 'hi')).length, 1);
  assert.match(await say(second, 'what are my reminders'), /09:00.*take my pills/);
});

test('one that was removed is not said', async (context) => {
  const { agent, clock } = await open(context);
  await say(agent, 'remind me at 10 to call Bob');
  const removed = await say(agent, 'delete the reminder to call Bob');
  assert.doesNotMatch(await say(agent, 'what are my reminders'), /Bob/, removed);
  clock.forward(day);
  assert.deepEqual(await noticesOf(agent, 'hi'), []);
});
