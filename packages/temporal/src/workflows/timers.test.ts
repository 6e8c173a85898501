import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requirement } from '@opencomputer/testkit';
import { openBench } from '../fixtures/engine-bench.ts';
import type { EngineBench } from '../fixtures/engine-bench.ts';

const postgres = requirement('postgresql');
const temporal = requirement('temporal');
if (postgres !== undefined && temporal !== undefined) testWith({ postgres, temporal });

function testWith(programs: { readonly postgres: string; readonly temporal: string }): void {
  let bench: EngineBench;
  before(async () => {
    bench = await openBench(programs);
  });
  after(() => bench.close());

  test('timers are looked at when one was kept, and again when the next is due', async (context) => {
    const looks = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const third = Promise.withResolvers<void>();
    let count = 0;
    context.mock.method(bench.steps, 'fireTimers', async () => {
      count += 1;
      (looks[count - 1] ?? third).resolve();
      return count === 1 ? 300 : 60_000;
    });
    await bench.engine.wakeTimers();
    await looks[0]?.promise;
    await looks[1]?.promise;
    assert.equal(count, 2);
    await bench.engine.wakeTimers();
    await third.promise;
    assert.equal(count, 3);
  });
}
