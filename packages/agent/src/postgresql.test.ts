import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { InboundMessage } from '@opencomputer/contracts';
import { requirement, startTemporaryPostgresql } from '@opencomputer/testkit';
import { channelMigrations, createMailbox } from './channels/index.ts';
import { systemClock as clock } from './clock.ts';
import { advance, isFinal, pendingCommands, replay } from './core/index.ts';
import { createJournal, driverMigrations } from './driver/index.ts';
import { createPriors, feedbackMigrations } from './feedback/index.ts';
import { createMemory, memoryMigrations } from './memory/index.ts';
import { openStore } from './store/index.ts';
import { createTimers, workflowMigrations } from './workflows/index.ts';

const postgres = requirement('postgresql');
if (postgres !== undefined) {
  test('every component keeps its tables on PostgreSQL as it does embedded', async (context) => {
    const server = await startTemporaryPostgresql(postgres);
    const path = await mkdtemp(join(tmpdir(), 'pg-agent-'));
    const migrations = [
      ...channelMigrations,
      ...driverMigrations,
      ...memoryMigrations,
      ...workflowMigrations,
      ...feedbackMigrations,
    ];
    const { url: databaseUrl } = server;
    const store = await openStore({ path, command: 'test', migrations, clock, databaseUrl });
    context.after(async () => {
      await store.close();
      await server.stop();
      await rm(path, { recursive: true });
    });
    const { database, sealing } = store;
    const identifier = randomUUIDv7;

    const mailbox = createMailbox(database, sealing);
    const message: InboundMessage = {
      id: identifier(),
      channel: 'test',
      channelMessageId: 'm1',
      person: 'ann',
      assurance: 'local',
      conversation: 'c',
      text: 'hello',
      at: clock.now(),
      timeZone: 'UTC',
      interactive: false,
    };
    assert.equal(await mailbox.accept(message), 'accepted');
    assert.equal(await mailbox.accept({ ...message, id: identifier() }), 'duplicate');
    assert.deepEqual(
      (await mailbox.open()).map(({ id }) => id),
      [message.id],
    );
    assert.deepEqual(await mailbox.read(message.id), message);
    assert.equal((await mailbox.next('c'))?.id, message.id);
    const reply = { channel: 'test', person: 'ann', conversation: 'c', text: 'note' };
    await database.write([
      ...(await mailbox.enqueue({ ...reply, id: identifier() })),
      mailbox.finish(message.id),
    ]);
    assert.equal((await mailbox.waiting('ann'))[0]?.text, 'note');
    assert.deepEqual(await mailbox.open(), []);

    const machine = { advance, replay, pendingCommands, isFinal };
    const journal = createJournal({
      database,
      sealing,
      identifier,
      machine,
      report: () => assert.fail(),
    });
    const owner = { person: 'ann', conversation: 'c', turn: message.id };
    const cancel = { type: 'turn-cancel', at: 1, reason: 'test' } as const;
    await database.write(await journal.append(owner, [cancel], 0));
    assert.deepEqual(await journal.record(message.id), [cancel]);

    const memory = createMemory({ database, sealing, identifier });
    const fact = { source: 'e', trust: 'user', at: 1 } as const;
    await memory.remember('ann', { ...fact, text: 'the locker code is 4711' });
    await memory.remember('ann', { ...fact, text: 'Bob likes tea' });
    const budget = { itemsMax: 3, charactersMax: 1_000 };
    const [best] = await memory.recall('ann', 'which code has my locker', budget);
    assert.equal(best?.item.text, 'the locker code is 4711');
    assert.equal(await memory.forget('ann', { all: true }), 2);

    const fired: string[] = [];
    const timers = createTimers({
      database,
      sealing,
      clock,
      fire: async () => ({ statements: [], changes: [] }),
      fired: ({ text }) => fired.push(text),
      report: (error) => assert.fail(String(error)),
    });
    const change = { id: 't', at: clock.now() - 1, text: 'due' };
    const keeper = { person: 'ann', plugin: 'tasks', conversation: 'c' };
    await database.write(await timers.keep(keeper, [change]));
    await database.write(await timers.keep(keeper, [change]));
    await timers.start();
    await timers.stop();
    assert.deepEqual(fired, ['due']);

    const priors = createPriors(database);
    const use = { person: 'ann', intent: 'i', plugin: 'p', failed: false };
    await database.write([priors.count(use)]);
    await database.write([priors.count(use)]);
    assert.equal((await priors.of('ann', 'i'))['p'], 4 / 6);
  });
}
