import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import type { WriterReply, WriterRequest } from './writer-protocol.ts';

function start(t: TestContext, path: string) {
  const workerData = { path, busyTimeoutMs: 0 };
  const url = new URL('./writer-thread.ts', import.meta.url);
  const worker = new Worker(url, { name: 'store-writer', workerData });
  t.after(() => worker.terminate());
  const reply = async (): Promise<WriterReply> => {
    const [message] = (await once(worker, 'message')) as [WriterReply];
    return message;
  };
  return { worker, reply, send: (request: WriterRequest) => worker.postMessage(request) };
}

test('the thread says it is open, answers a group, and ends when told', async (t) => {
  const { worker, reply, send } = start(t, join(temporaryFolder(t), 'store.sqlite'));
  assert.deepEqual(await reply(), { kind: 'opened' });
  const learn = [
    [1, 'CREATE TABLE items (id TEXT)'],
    [2, 'INSERT INTO items VALUES (?) RETURNING id'],
  ] as const;
  const batches = [
    [
      [1, [], -1],
      [2, ['a'], 1],
    ],
  ] as const;
  send({ kind: 'group', durable: true, learn, forget: [], batches });
  assert.deepEqual(await reply(), { kind: 'group', replies: [[0, [{ id: 'a' }]]] });
  send({ kind: 'checkpoint' });
  assert.deepEqual(await reply(), { kind: 'done' });
  const exit = once(worker, 'exit');
  send({ kind: 'close' });
  assert.deepEqual(await reply(), { kind: 'closed' });
  assert.deepEqual(await exit, [0]);
});

test('a file that is not a database is refused with its code, not with a crash', async (t) => {
  const path = join(temporaryFolder(t), 'store.sqlite');
  writeFileSync(path, 'this is a letter, not a database');
  const answer = await start(t, path).reply();
  assert.equal(answer.kind === 'refused' && answer.failure.code, 'STORE_DAMAGED');
});

if (process.platform === 'linux') {
  test('the system shows the thread by its name, which fault injection relies on', async (t) => {
    await start(t, join(temporaryFolder(t), 'store.sqlite')).reply();
    const names = readdirSync('/proc/self/task').map((task) =>
      readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim(),
    );
    assert.ok(names.includes('store-writer'), names.join(', '));
  });
}
