import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TurnInput } from '@opencomputer/contracts';
import { createFakeClock, endOf, readParts } from '@opencomputer/testkit';
import * as channels from '../channels/index.ts';
import * as core from '../core/index.ts';
import * as plugins from '../plugins/index.ts';
import * as policy from '../policy/index.ts';
import * as store from '../store/index.ts';
import { message, openBench, words } from './fixtures/bench.ts';
import type { Bench } from './fixtures/bench.ts';
import { hideFromIndex } from './fixtures/hidden-rows.ts';

const clock = createFakeClock();
const open = (context: TestContext): Promise<Bench> =>
  openBench(
    context,
    { channels, core, plugins, policy, store },
    { clock, script: (_, index) => [words(`answer ${index}`)] },
  );
const owner = { person: 'ann', conversation: 'c1' };
const inputs = ['a', 'b', 'c'].map((text): TurnInput => ({ type: 'turn-steer', at: 1, text }));

test('a record whose last row is hidden from its index is not read as a shorter one', async (context) => {
  const { journal, database } = await open(context);
  const turn = randomUUIDv7();
  await database.write(await journal.append({ ...owner, turn }, inputs, 0));
  await hideFromIndex(database, 'events_turn', `turn <> '${turn}' or seq < 2`);
  await assert.rejects(journal.record(turn), { code: 'SEAL_BROKEN' });
  await assert.rejects(journal.record(turn, 'c1'), { code: 'SEAL_BROKEN' });
});

test('a record that is hidden from its first row on is not taken for a turn that never began', async (context) => {
  const { journal, database } = await open(context);
  const turn = randomUUIDv7();
  await database.write(await journal.append({ ...owner, turn }, inputs, 0));
  await hideFromIndex(database, 'events_turn', `turn <> '${turn}'`);
  await assert.rejects(journal.record(turn, 'c1'), { code: 'SEAL_BROKEN' });
});

test('a turn whose record is hidden is set aside at a start, not done again', async (context) => {
  const { again, journal, database, mailbox, requests } = await open(context);
  const id = randomUUIDv7();
  const { stream: _, ...asked } = message('hello');
  await mailbox.accept({ ...asked, ...owner, id, at: 1 });
  await database.write(await journal.append({ ...owner, turn: id }, inputs, 0));
  await hideFromIndex(database, 'events_turn', `turn <> '${id}'`);
  const driver = again();
  await driver.resume();
  await driver.stop(60_000);
  assert.equal(requests.length, 0);
  assert.deepEqual(
    (await mailbox.parked('ann')).map((parked) => parked.id),
    [id],
  );
});

test('a whole record is served although the index that counts it is damaged', async (context) => {
  const { driver, journal, database } = await open(context);
  const { turn } = endOf(await readParts(driver.send(message('one'))));
  const record = await journal.record(turn);
  await hideFromIndex(database, 'events_conversation', 'seq <> 0');
  assert.deepEqual(await journal.record(turn), record);
  assert.deepEqual(
    (await journal.turns('c1')).turns.map(({ reply }) => reply),
    ['answer 0'],
  );
});

test('a turn that was undone does not come back because an index hides the mark', async (context) => {
  const { driver, journal, database } = await open(context);
  await readParts(driver.send(message('one')));
  const { turn } = endOf(await readParts(driver.send(message('two'))));
  await driver.undo('ann', 'c1');
  for (const index of ['events_conversation', 'events_name']) {
    await hideFromIndex(database, index, `name <> 'turn-undo'`);
    assert.deepEqual([...(await journal.turns('c1')).undone], [turn]);
    await hideFromIndex(database, index, 'id is not null');
  }
});
