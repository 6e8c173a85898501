import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentService } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, partsOf, readParts } from '@opencomputer/testkit';
import { openTestAgent, temporaryFolder, typed } from './fixtures/open-agent.ts';

const hour = 3_600_000;
/** 2 February 2026, a Monday, 08:00 in Berlin. */
const start = Date.UTC(2026, 1, 2, 7);

/** Answers one message, and keeps the order of turns. */
function talker(turns: string[]) {
  return async (agent: AgentService, text: string): Promise<string> => {
    const parts = await readParts(agent.send(typed(text)));
    turns.push(...partsOf(parts, 'turn-start').map(({ turn }) => turn));
    return endOf(parts).text;
  };
}

/** Everything that is said by itself from now on; `next` waits for one. */
function listen(agent: AgentService, end: AbortSignal) {
  const notices = agent.listen('owner', end)[Symbol.asyncIterator]();
  return {
    next: async (): Promise<string> => {
      const said: IteratorResult<{ readonly text: string }, unknown> = await notices.next();
      return said.done === true ? '' : (/call (\w+)/.exec(said.value.text)?.[1] ?? '');
    },
  };
}

for (const isRestarted of [false, true]) {
  const how = isRestarted ? 'between two starts' : 'while it runs';
  test(`a clock set back ${how} fires no reminder twice and loses none, and keeps the order`, async (context) => {
    const directory = temporaryFolder(context);
    const clock = createFakeClock(start);
    const reports: string[] = [];
    let agent = await openTestAgent({ directory, clock }, reports);
    const end = new AbortController();
    context.after(async () => {
      end.abort();
      await agent.stop();
      assert.deepEqual(reports, []);
    });
    const turns: string[] = [];
    const say = talker(turns);
    let ears = listen(agent, end.signal);
    await say(agent, 'remind me at 9 to call Anna');
    await say(agent, 'remind me at 11 to call Bob');
    const first = ears.next();
    clock.forward(2 * hour);
    assert.equal(await first, 'Anna');

    if (isRestarted) await agent.stop();
    clock.set(start - 24 * hour);
    if (isRestarted) {
      agent = await openTestAgent({ directory, clock }, reports);
      ears = listen(agent, end.signal);
    }
    await say(agent, 'remind me at 10 to call Carl');
    assert.match(await say(agent, 'what are my reminders'), /call Carl[^]*call Bob/);
    const second = ears.next();
    clock.forward(3 * hour);
    assert.equal(await second, 'Carl', 'the time set for Bob has not come');

    // The times set for Anna and Bob come, for her a second time.
    const third = ears.next();
    clock.forward(24 * hour);
    assert.equal(await third, 'Bob');
    assert.doesNotMatch(await say(agent, 'what are my reminders'), /call/);
    const rest = await readParts(agent.send(typed('hi')));
    assert.deepEqual(partsOf(rest, 'notice'), []);
    assert.deepEqual(turns, turns.toSorted(), 'identifiers go on in order');
  });
}
