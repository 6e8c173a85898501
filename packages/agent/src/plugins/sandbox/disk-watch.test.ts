import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '@opencomputer/contracts';
import { measure, watchDisk } from './disk-watch.ts';
import { temporaryFolder } from './fixtures/enclosed.ts';

/** A clock whose delays pass when the test says so. */
function stepClock(): { readonly clock: Clock; readonly delays: number[]; pass(): void } {
  const pending = new Map<number, () => void>();
  const delays: number[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (delayMs, run) => {
      const id = delays.push(delayMs);
      pending.set(id, run);
      return () => pending.delete(id);
    },
  };
  const pass = (): void => {
    const due = [...pending.values()];
    pending.clear();
    for (const run of due) run();
  };
  return { clock, delays, pass };
}

test('bytes on disk are counted in all folders below, links as themselves', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/file'), 'x'.repeat(1_000_000));
  const before = await measure([folder], 1e9);
  assert.ok(before >= 1_000_000 && before < 1_100_000, `${before}`);
  symlinkSync('/usr', join(folder, 'a/link'));
  assert.ok((await measure([folder], 1e9)) - before < 10_000);
  assert.equal(await measure([join(folder, 'missing')], 1e9), 0);
});

test('empty files are not free', async () => {
  const folder = temporaryFolder();
  for (let index = 0; index < 100; index += 1) writeFileSync(join(folder, `${index}`), '');
  assert.ok((await measure([folder], 1e9)) >= 51_200);
  assert.ok((await measure([folder], 1_000)) <= 10_000);
});

test('it says once that there is too much, and looks no more', async () => {
  const folder = temporaryFolder();
  const { clock, delays, pass } = stepClock();
  const { promise, resolve } = Promise.withResolvers<number>();
  watchDisk({ folders: [folder], bytesMax: 1_000, clock, exceeded: resolve });
  writeFileSync(join(folder, 'file'), 'x'.repeat(100_000));
  pass();
  assert.ok((await promise) > 1_000);
  assert.deepEqual(delays, [1_000]);
});

test('it ends with its process, and has nothing to do without folders', () => {
  const { clock, delays, pass } = stepClock();
  const stop = watchDisk({ folders: ['/'], bytesMax: 0, clock, exceeded: () => assert.fail() });
  stop();
  pass();
  watchDisk({ folders: [], bytesMax: 0, clock, exceeded: () => assert.fail() });
  assert.equal(delays.length, 1);
});
