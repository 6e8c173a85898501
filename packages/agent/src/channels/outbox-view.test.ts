import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import * as store from '../store/index.ts';
import { openDeliveryBench } from './fixtures/delivery-bench.ts';
import { createOutboxView } from './outbox-view.ts';

test('what failed is listed with why it was given up, what only waits is not', async (context) => {
  const { parts, put } = await openDeliveryBench(context, { store, clock: createFakeClock() });
  const [dead, failing] = [await put('dead'), await put('failing')];
  await put('on its way');
  await put('of another', { person: 'bob' });
  const { database } = parts;
  await database.write([
    { sql: `update outbox set state = 'dead', attempts = 20 where id = ?`, parameters: [dead] },
    { sql: 'update outbox set attempts = 3 where id = ?', parameters: [failing] },
  ]);
  const reasons = async (): Promise<ReadonlyMap<string, string>> => new Map([[dead, 'it said no']]);
  const view = createOutboxView({ ...parts, reasons }, () => undefined);
  const listed = await view.list('ann');
  assert.deepEqual(
    listed.map(({ text, state, attempts, reason }) => [text, state, attempts, reason]),
    [
      ['dead', 'dead', 20, 'it said no'],
      ['failing', 'waiting', 3, undefined],
    ],
  );
});

test('what was given up can be tried again or dropped, and only that, by its person', async (context) => {
  const { parts, put, rows, events } = await openDeliveryBench(context, {
    store,
    clock: createFakeClock(),
  });
  const { database } = parts;
  const [one, other, waiting] = [await put('one'), await put('other'), await put('waiting')];
  const sql = `update outbox set state = 'dead', attempts = 20 where id in (?, ?)`;
  await database.write([{ sql, parameters: [one, other] }]);
  let woken = 0;
  const view = createOutboxView(parts, () => (woken += 1));
  await assert.rejects(view.settle('bob', one, 'retry'), { code: 'INPUT_INVALID' });
  await assert.rejects(view.settle('ann', waiting, 'retry'), { code: 'INPUT_INVALID' });
  await view.settle('ann', one, 'retry');
  await view.settle('ann', other, 'drop');
  assert.deepEqual(
    (await rows()).map(({ state, attempts }) => [state, attempts]),
    [
      ['pending', 0],
      ['dropped', 20],
      ['pending', 0],
    ],
  );
  assert.equal(woken, 1);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['reply-retry', 'reply-drop'],
  );
  assert.deepEqual(await view.list('ann'), []);
});

test('of two decisions at the same time one counts, and the other is refused', async (context) => {
  const { parts, put, rows } = await openDeliveryBench(context, {
    store,
    clock: createFakeClock(),
  });
  const id = await put('one');
  const sql = `update outbox set state = 'dead', attempts = 20 where id = ?`;
  await parts.database.write([{ sql, parameters: [id] }]);
  const view = createOutboxView(parts, () => undefined);
  const both = await Promise.allSettled([
    view.settle('ann', id, 'drop'),
    view.settle('ann', id, 'retry'),
  ]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.equal((await rows())[0]?.state, 'dropped');
});

test('a reply that was altered is listed without its words', async (context) => {
  const { parts, put } = await openDeliveryBench(context, { store, clock: createFakeClock() });
  const id = await put('pay Bob');
  const sql = `update outbox set state = 'dead', payload = zeroblob(64) where id = ?`;
  await parts.database.write([{ sql, parameters: [id] }]);
  const [row] = await createOutboxView(parts, () => undefined).list('ann');
  assert.equal(row?.text, '');
  assert.match(row?.reason ?? '', /altered/);
});

test('more than are listed are counted', async (context) => {
  const { parts, put } = await openDeliveryBench(context, { store, clock: createFakeClock() });
  for (let count = 0; count < 203; count += 1) await put(`reply ${count}`);
  const view = createOutboxView(parts, () => undefined);
  assert.equal(await view.beyond('ann'), 0);
  await parts.database.write([{ sql: `update outbox set state = 'dead'`, parameters: [] }]);
  assert.deepEqual([(await view.list('ann')).length, await view.beyond('ann')], [200, 3]);
});
