import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import { createMailbox } from './mailbox.ts';
import { channelMigrations } from './tables.ts';

test('a message leaves the inbox in the commit that puts its reply into the outbox', async (context) => {
  const path = mkdtempSync(join(tmpdir(), 'mailbox-'));
  const migrations = channelMigrations;
  const store = await openStore({ path, command: 'test', migrations, clock: createFakeClock() });
  context.after(async () => {
    await store.close();
    rmSync(path, { recursive: true });
  });
  const { database, sealing } = store;
  const mailbox = createMailbox(database, sealing);
  const id = randomUUIDv7();
  const who = { channel: 'terminal', person: 'ann', conversation: 'c1' };
  const message = {
    ...who,
    channelMessageId: 'm1',
    assurance: 'local',
    interactive: true,
  } as const;
  await mailbox.accept({ ...message, id, text: 'hi', at: 1, timeZone: 'UTC' });
  const reply = { ...who, id: randomUUIDv7(), text: 'hello' };
  const end = [...(await mailbox.enqueue(reply)), mailbox.finish(id)];
  const broken = { sql: 'insert into outbox (id) values (null)', parameters: [] };
  await assert.rejects(database.write([...end, broken]));
  assert.deepEqual([(await mailbox.open()).length, (await mailbox.waiting('ann')).length], [1, 0]);
  await database.write(end);
  assert.deepEqual([(await mailbox.open()).length, (await mailbox.waiting('ann')).length], [0, 1]);
});
