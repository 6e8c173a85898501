import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { BackupWriter } from './backup-writer.ts';
import { temporaryFolder, testKey } from './fixtures/data-folder.ts';
import { listBackups, startSchedule } from './schedule.ts';
import type { ScheduleParts } from './schedule.ts';

const hour = 3_600_000;

/** A schedule on a clock in the test's hands; `idle` resolves when it waits for the clock. */
function bench(t: TestContext, more: Partial<ScheduleParts> = {}) {
  const directory = temporaryFolder(t);
  const fake = createFakeClock();
  const reports: string[] = [];
  let waits = Promise.withResolvers<void>();
  const clock = {
    ...fake,
    now: () => fake.now(),
    after: (delayMs: number, run: () => void) => {
      waits.resolve();
      return fake.after(delayMs, run);
    },
  };
  const schedule = startSchedule({
    directory,
    everyMs: 2 * hour,
    keep: 2,
    clock,
    create: async (path) => {
      const facts = { path, key: testKey, version: '1', createdAt: fake.now() };
      await (await BackupWriter.begin(facts)).finish({ damaged: 0 });
    },
    verify: async () => ({ damaged: 0 }),
    report: (error) => void reports.push(String(error)),
    ...more,
  });
  t.after(() => schedule.stop());
  const idle = async (): Promise<void> => {
    await waits.promise;
    waits = Promise.withResolvers();
  };
  const pass = async (hours: number): Promise<void> => {
    for (let count = 0; count < hours; count++) {
      fake.forward(hour);
      await idle();
    }
  };
  const ages = async (): Promise<number[]> =>
    (await listBackups(directory)).map(({ createdAt }) => (fake.now() - createdAt) / hour);
  return { directory, reports, idle, pass, ages, schedule };
}

test('the first backup is made at once, the next when it is old enough, and the oldest goes', async (t) => {
  const given = bench(t);
  writeFileSync(join(given.directory, 'holiday.backup'), 'not ours');
  writeFileSync(join(given.directory, 'opencomputer-1970.backup'), 'no backup');
  await given.idle();
  assert.deepEqual(await given.ages(), [0]);
  await given.pass(1);
  assert.deepEqual(await given.ages(), [1]);
  await given.pass(3);
  assert.deepEqual(await given.ages(), [0, 2]);
  assert.ok(readdirSync(given.directory).includes('holiday.backup'));
  assert.ok(readdirSync(given.directory).includes('opencomputer-1970.backup'));
});

test('nothing is removed while the new backup is not proven, or is of a damaged store', async (t) => {
  for (const verify of [async () => ({ damaged: 1 }), () => Promise.reject(new Error('cut off'))]) {
    const given = bench(t, { keep: 1, verify });
    await given.idle();
    await given.pass(2);
    assert.deepEqual(await given.ages(), [0, 2]);
  }
});

test('a backup that failed is told of and tried again', async (t) => {
  let failures = 0;
  const create = (): Promise<void> => Promise.reject(new Error(`full ${++failures}`));
  const given = bench(t, { create });
  await given.idle();
  await given.pass(1);
  assert.deepEqual(given.reports, ['Error: full 1', 'Error: full 2']);
});

test('a schedule that is stopped makes no more', async (t) => {
  const given = bench(t);
  await given.idle();
  await given.schedule.stop();
  assert.deepEqual(await given.ages(), [0]);
});
