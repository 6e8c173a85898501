import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { test } from 'node:test';
import { collection } from './collection.ts';
import { runHandler, temporaryStorage } from './run-handler.ts';
import { tool } from './tool.ts';

const tools = [
  tool('add', async ({ item }, context) =>
    collection<unknown>(context.storage, 'items').apply(context.idempotencyKey, (items) => ({
      items: [...items, item],
      outcome: { status: 'done', text: String(items.length + 1), data: { at: context.now } },
    })),
  ),
  tool('ask', (input, context) => context.call('calendar', 'list', input)),
  tool('broken', () => Promise.reject(new Error('defect'))),
];

test('runs a handler with storage that calls can share', async (t) => {
  const storage = await temporaryStorage();
  t.after(() => storage.remove());
  const call = { tool: 'add', input: { item: 'milk' }, now: 5, storage };
  const first = { ...call, idempotencyKey: 'a' };
  assert.deepEqual(await runHandler(tools, first), { status: 'done', text: '1', data: { at: 5 } });
  assert.equal((await runHandler(tools, call)).text, '2');
  assert.equal((await runHandler(tools, first)).text, '1');
});

test('calls at the same time share their locks', async (t) => {
  const storage = await temporaryStorage();
  t.after(() => storage.remove());
  const calls = Array.from({ length: 10 }, () =>
    runHandler(tools, { tool: 'add', input: { item: 1 }, storage }),
  );
  const texts = (await Promise.all(calls)).map((outcome) => Number(outcome.text));
  assert.deepEqual(
    texts.toSorted((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
});

test('temporary storage is removed', async () => {
  const storage = await temporaryStorage();
  await runHandler(tools, { tool: 'add', storage });
  await storage.remove();
  await assert.rejects(access(storage.directory));
});

test('services are answered by the test, and absent otherwise', async () => {
  const input = { day: 'monday' };
  assert.deepEqual(await runHandler(tools, { tool: 'ask', input }), {
    status: 'failed',
    code: 'SERVICE_UNKNOWN',
    text: 'No installed plugin provides the service "calendar".',
  });
  const outcome = await runHandler(tools, {
    tool: 'ask',
    input,
    services: (service, operation, given) =>
      Promise.resolve({ status: 'done', text: `${service} ${operation}`, data: given }),
  });
  assert.deepEqual(outcome, { status: 'done', text: 'calendar list', data: input });
});

test('a defect and an unknown tool are thrown to the test', async () => {
  await assert.rejects(runHandler(tools, { tool: 'broken' }), /defect/);
  await assert.rejects(runHandler(tools, { tool: 'none' }), /no tool "none"/);
});
