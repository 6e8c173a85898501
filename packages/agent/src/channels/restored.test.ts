import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import { createMailbox } from './mailbox.ts';
import { holdRestored } from './restored.ts';
import { channelMigrations as migrations, inboxProven, outboxProven } from './tables.ts';

const id = (last: number): string => `019f0000-0000-7000-8000-00000000000${last}`;

const message = {
  id: id(1),
  channel: 'terminal',
  channelMessageId: 'first',
  person: 'ada',
  assurance: 'local' as const,
  conversation: 'one',
  at: 5,
  text: 'what I asked',
  timeZone: 'UTC',
  interactive: true,
};

test('what was open or waited is set aside and told of; nothing is accepted twice', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'restored-'));
  t.after(() => rmSync(path, { recursive: true }));
  const proven = [inboxProven, outboxProven];
  const clock = createFakeClock();
  const store = await openStore({ path, command: 'test', migrations, proven, clock });
  t.after(() => store.close());
  const { database, sealing } = store;
  const mailbox = createMailbox(database, sealing);
  await mailbox.accept(message);
  const reply = { id: id(2), channel: 'terminal', person: 'ada', conversation: 'one' };
  await database.write(await mailbox.enqueue({ ...reply, text: 'what I answered' }));
  await database.write(await mailbox.enqueue({ ...reply, id: id(3), text: 'was heard' }));
  await mailbox.delivered([id(3)]);

  const held = await holdRestored(database, sealing);
  assert.deepEqual(
    held.map(({ kind, text }) => [kind, text]),
    [
      ['message', 'what I asked'],
      ['reply', 'what I answered'],
    ],
  );
  assert.deepEqual(await mailbox.open(), []);
  assert.deepEqual(await mailbox.waiting('ada'), []);
  assert.equal(await mailbox.accept({ ...message, id: id(4) }), 'duplicate');
  assert.deepEqual(await holdRestored(database, sealing), []);
});
