import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processesOf, simulateApart } from './processes.ts';
import { simulate, together } from './simulate.ts';

test('two processes simulate what one would, each from a seed of its own', async () => {
  const told: number[] = [];
  const results = await simulateApart({
    seed: 7,
    hours: 40,
    processes: 2,
    passed: (hours) => told.push(hours),
  });
  const { cpuSeconds, ...first } = await simulate(7, 20);
  assert.ok(cpuSeconds > 0);
  assert.partialDeepStrictEqual(results[0], first);
  assert.notEqual(results[1]?.crashes, results[0]?.crashes);
  const both = together(results);
  assert.equal(both.episodes, 2);
  assert.equal(both.hours, told.at(-1));
  assert.ok(both.hours >= 40);
});

test('one process is enough for the quick form and for a shard', () => {
  assert.equal(processesOf({ form: 'quick', shard: { part: 1, of: 1 } }), 1);
  assert.equal(processesOf({ form: 'full', shard: { part: 1, of: 2 } }), 1);
});
