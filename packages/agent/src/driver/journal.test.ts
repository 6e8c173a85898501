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
import { finishedTurn } from './journal.ts';

const clock = createFakeClock();
const open = (context: TestContext): Promise<Bench> =>
  openBench(
    context,
    { channels, core, plugins, policy, store },
    { clock, script: (_, index) => [words(`answer ${index}`)] },
  );

const owner = { person: 'ann', conversation: 'c1' };
const steer = (text: string): TurnInput => ({ type: 'turn-steer', at: 1, text });

test('a record is read back in its order, whatever the order of writing', async (context) => {
  const { journal, database } = await open(context);
  const turn = randomUUIDv7();
  const inputs = ['a', 'b', 'c'].map(steer);
  await database.write(await journal.append({ ...owner, turn }, inputs.slice(1), 1));
  await database.write(await journal.append({ ...owner, turn }, inputs.slice(0, 1), 0));
  assert.deepEqual(await journal.record(turn), inputs);
  assert.deepEqual(await journal.record(randomUUIDv7()), []);
});

test('a place in a record is written once: a second process cannot write over it', async (context) => {
  const { journal, database } = await open(context);
  const turn = randomUUIDv7();
  await database.write(await journal.append({ ...owner, turn }, [steer('first')], 0));
  const again = await journal.append({ ...owner, turn }, [steer('second')], 0);
  await assert.rejects(database.write(again), { code: 'STORE_CONFLICT' });
  assert.deepEqual(await journal.record(turn), [steer('first')]);
});

test('payloads are sealed, and one that was moved to another row is not believed', async (context) => {
  const { journal, database } = await open(context);
  const [one, two] = [randomUUIDv7(), randomUUIDv7()];
  await database.write(await journal.append({ ...owner, turn: one }, [steer('secret words')], 0));
  await database.write(await journal.append({ ...owner, turn: two }, [steer('other words')], 0));
  const rows = await database.read<{ turn: string; payload: Uint8Array }>({
    sql: 'select turn, payload from events',
    parameters: [],
  });
  for (const { payload } of rows) assert.ok(!Buffer.from(payload).includes('words'));
  const foreign = rows.find(({ turn }) => turn === two)?.payload;
  await database.write([
    { sql: 'update events set payload = ? where turn = ?', parameters: [foreign, one] },
  ]);
  await assert.rejects(journal.record(one), { code: 'SEAL_BROKEN' });
});

test('only finished turns are in a conversation, oldest first', async (context) => {
  const { driver, journal, database } = await open(context);
  const { turn } = endOf(await readParts(driver.send(message('one'))));
  await readParts(driver.send(message('two')));
  const begun = (await journal.record(turn)).slice(0, 1);
  await database.write(await journal.append({ ...owner, turn: randomUUIDv7() }, begun, 0));
  const { turns } = await journal.turns('c1');
  assert.deepEqual(
    turns.map(({ reply, status }) => [reply, status]),
    [
      ['answer 0', 'done'],
      ['answer 1', 'done'],
    ],
  );
});

test('a mark of an undo that was altered is told of and not believed; its conversation goes on', async (context) => {
  const { driver, journal, database, reports } = await open(context);
  await readParts(driver.send(message('one')));
  await readParts(driver.send(message('two')));
  await driver.undo('ann', 'c1');
  const sql = `update events set payload = zeroblob(64) where name = 'turn-undo'`;
  await database.write([{ sql, parameters: [] }]);
  const { turns, undone } = await journal.turns('c1');
  assert.deepEqual([turns.length, undone.size], [2, 0]);
  assert.match(reports.join(), /altered/);
});

test('conversations are listed newest first, with their first words on one line', async (context) => {
  const { driver, journal } = await open(context);
  await readParts(driver.send(message('the  first\nwords', { conversation: 'old' })));
  clock.forward(1_000);
  await readParts(driver.send(message('hello', { conversation: 'new' })));
  await readParts(driver.send(message(`long ${'x'.repeat(200)}`, { conversation: 'long' })));
  clock.forward(1_000);
  await readParts(driver.send(message('more', { conversation: 'old' })));
  await readParts(driver.send(message('not mine', { conversation: 'bob', person: 'bob' })));
  const listed = await journal.conversations('ann', 10);
  assert.equal(listed[0]?.conversation, 'old');
  assert.deepEqual([listed[0]?.title, listed[0]?.turns], ['the first words', 2]);
  assert.equal((listed[0]?.lastAt ?? 0) - (listed[0]?.startedAt ?? 0), 2_000);
  assert.equal(listed.length, 3);
  assert.ok(listed.every(({ title }) => title.length <= 80));
  assert.equal((await journal.conversations('ann', 1)).length, 1);
});

test('the last turn is the person’s newest', async (context) => {
  const { driver, journal } = await open(context);
  assert.equal(await journal.lastTurn('ann'), undefined);
  await readParts(driver.send(message('one')));
  clock.forward(1);
  const end = endOf(await readParts(driver.send(message('two'))));
  await readParts(driver.send(message('not mine', { conversation: 'bob', person: 'bob' })));
  assert.equal(await journal.lastTurn('ann'), end.turn);
});

test('a record without its end is no finished turn', async (context) => {
  const { driver, journal } = await open(context);
  const { turn } = endOf(await readParts(driver.send(message('one'))));
  const record = await journal.record(turn);
  assert.equal(finishedTurn(core, turn, record)?.reply, 'answer 0');
  assert.equal(finishedTurn(core, turn, record.slice(0, -1)), undefined);
  assert.equal(finishedTurn(core, turn, []), undefined);
});
