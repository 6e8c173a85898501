import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Clock } from '@opencomputer/contracts';
import { measure, watchDisk } from './disk-watch.ts';
import { temporaryFolder } from './fixtures/enclosed.ts';

/** A clock whose delays pass when the test says so; each look at its time takes `stepMs`. */
function stepClock(stepMs = 0): { readonly clock: Clock; readonly delays: number[]; pass(): void } {
  const pending = new Map<number, () => void>();
  const delays: number[] = [];
  let time = 0;
  const clock: Clock = {
    now: () => 0,
    monotonic: () => (time += stepMs),
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

test('a look that took long is not repeated before its share of the time, unless the disk fills', async () => {
  const folder = temporaryFolder();
  const { clock, delays, pass } = stepClock(10);
  const { promise, resolve } = Promise.withResolvers<number>();
  watchDisk({ folders: [folder], bytesMax: 8_000_000, clock, exceeded: resolve });
  const next = async (): Promise<void> => {
    const known = delays.length;
    pass();
    // The next delay is asked for when the look, or the decision against it, is over.
    while (delays.length === known) await new Promise(setImmediate);
  };
  for (let looks = 0; looks < 3; looks += 1) await next();
  // 64 MB: far more than others write beside this test, whatever the file system.
  for (let index = 0; index < 16; index += 1) {
    writeFileSync(join(folder, `${index}`), 'x'.repeat(4_000_000));
  }
  for (let ticks = 0; ticks < 6; ticks += 1) pass();
  const timer = setInterval(pass, 5);
  assert.ok((await promise) > 8_000_000);
  clearInterval(timer);
  assert.ok(delays.length < 50, `${delays.length} ticks: it was found before its share was over`);
});

test('it ends with its process, and has nothing to do without folders', () => {
  const { clock, delays, pass } = stepClock();
  const stop = watchDisk({ folders: ['/'], bytesMax: 0, clock, exceeded: () => assert.fail() });
  stop();
  pass();
  watchDisk({ folders: [], bytesMax: 0, clock, exceeded: () => assert.fail() });
  assert.equal(delays.length, 1);
});
