import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AgentService } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, partsOf, readParts, readUntil } from '@opencomputer/testkit';
import type { FakeClock } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { message, openBench, words } from './fixtures/bench.ts';
import { answerMsMax, createService } from './service.ts';

const absent = (): Promise<never> => Promise.reject(new Error('not in this test'));

async function open(context: TestContext): Promise<{
  service: AgentService;
  clock: FakeClock;
  remind(text: string): Promise<void>;
  closed(): number;
}> {
  const clock = createFakeClock();
  const bench = await openBench(
    context,
    { channels, core, plugins, policy, store },
    { clock, script: (_, index) => [words(`answer ${index}`)] },
  );
  const { mailbox, database, driver, journal } = bench;
  const notices = channels.createNotices(mailbox);
  let closed = 0;
  const service = createService({
    driver,
    journal,
    notices,
    clock,
    person: 'ann',
    queries: {
      context: absent,
      models: absent,
      plugins: absent,
      status: absent,
      integrity: () => new Promise(() => undefined),
      choose: absent,
      backup: absent,
      metrics: absent,
      'plugin-list': absent,
      'plugin-plan': absent,
      'plugin-plan-update': absent,
      'plugin-commit': absent,
      'plugin-change': absent,
      'plugin-remove': absent,
      'plugin-verify': absent,
      'plugin-secret': absent,
    },
    pending: { list: absent, settle: absent },
    drain: async () => undefined,
    close: async () => {
      closed += 1;
    },
  });
  let ids = 0;
  const remind = async (text: string): Promise<void> => {
    const id = `01a203cf-d6e9-7697-841b-${String((ids += 1)).padStart(12, '0')}`;
    const reply = { id, channel: 'terminal', person: 'ann', conversation: 'c1', text };
    await database.write(await mailbox.enqueue(reply));
  };
  return { service, clock, remind, closed: () => closed };
}

test('what waited for the person comes right after the start of the next turn, once', async (context) => {
  const { service, remind } = await open(context);
  await remind('Reminder: a');
  await remind('Reminder: b');
  const parts = await readParts(service.send(message('hi')));
  assert.deepEqual(
    parts.slice(0, 3).map((part) => (part.type === 'notice' ? part.text : part.type)),
    ['turn-start', 'Reminder: a', 'Reminder: b'],
  );
  assert.deepEqual(partsOf(await readParts(service.send(message('again'))), 'notice'), []);
});

test('what waited is shown to nobody else, and not to a key in the person’s name', async (context) => {
  const { service, remind } = await open(context);
  await remind('Reminder: private');
  const others = [
    message('hi', { person: 'bob', conversation: 'b' }),
    message('hi', { assurance: 'key' }),
    message('hi', { assurance: 'none' }),
  ];
  for (const other of others)
    assert.deepEqual(partsOf(await readParts(service.send(other)), 'notice'), []);
  assert.equal(partsOf(await readParts(service.send(message('hi'))), 'notice').length, 1);
});

test('a reply that its reader did not take comes as a notice, whole and with its turn, once', async (context) => {
  const { service } = await open(context);
  const { turn } = await readUntil(service.send(message('left early')), 'turn-end');
  const left = service.send(message('left at the end', { conversation: 'c2' }));
  for await (const part of left) if (part.type === 'turn-end') break;
  const parts = await readParts(service.send(message('hi', { conversation: 'c3' })));
  const notices = partsOf(parts, 'notice');
  assert.equal(notices.length, 1, 'what a reader still has in hand does not wait');
  assert.match(notices[0]?.text ?? '', /answered "left at the end"[^]*answer 1/);
  assert.ok(notices[0]?.turn !== undefined && notices[0].turn !== turn && notices[0].reply);
  const again = await readParts(service.send(message('again', { conversation: 'c3' })));
  assert.deepEqual(partsOf(again, 'notice'), []);
});

test('questions about the past are answered from the log', async (context) => {
  const { service } = await open(context);
  const { turn } = endOf(await readParts(service.send(message('one'))));
  const [conversation] = await service.query('conversations', { limit: 10 });
  assert.equal(conversation?.title, 'one');
  const [first] = await service.query('turns', { conversation: 'c1' });
  assert.deepEqual([first?.turn, first?.text, first?.reply], [turn, 'one', 'answer 0']);
  const why = await service.query('why', { turn });
  assert.deepEqual(await service.query('why', {}), why);
  assert.match(why[0]?.text ?? '', /left to the model/);
  assert.equal((await service.query('undo', { conversation: 'c1' })).text, 'one');
});

test('a turn that does not exist is said to be unknown, also when there is none at all', async (context) => {
  const { service } = await open(context);
  await assert.rejects(service.query('why', {}), { code: 'TURN_UNKNOWN' });
  await assert.rejects(service.query('why', { turn: 'nonsense' }), { code: 'TURN_UNKNOWN' });
  await assert.rejects(service.act({ type: 'cancel', turn: 'nonsense', reason: 'x' }), {
    code: 'TURN_UNKNOWN',
  });
});

test('stopped twice, it closes once', async (context) => {
  const { service, closed } = await open(context);
  await Promise.all([service.stop(), service.stop()]);
  assert.equal(closed(), 1);
});

test('a question that takes long does not hold up a stop for more than a moment', async (context) => {
  const { service, clock, closed } = await open(context);
  void service.query('integrity', {});
  const stopped = service.stop();
  for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
  assert.equal(closed(), 0);
  clock.forward(answerMsMax);
  await stopped;
  assert.equal(closed(), 1);
});
