import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './durable.ts';
import { work } from './fixtures/agent.ts';
import { standIn } from './fixtures/options.ts';

const sizes = [1, 4, 32];

test('turns of many conversations are counted, timed and charged with their work', async () => {
  const metrics = await run([...standIn('usual'), '--turns', '32', '--conversations', '1,4,32']);
  const names = sizes.flatMap((size) => [
    ...['turns_per_s', 'p50_ms', 'p99_ms'].map((name) => `durable.${name}_${size}`),
    ...(size === 32 ? ['durable.cpu_ms_32'] : []),
  ]);
  const inFlight = sizes.map((size) => `durable.max_in_flight_${size}`);
  assert.deepEqual(Object.keys(metrics), [...names, ...inFlight]);
  assert.ok((metrics['durable.cpu_ms_32'] ?? 0) >= work.turn * 0.9);
  // The stand-in works on one turn after the other: the last of 32 waits for all the others.
  assert.ok((metrics['durable.p99_ms_32'] ?? 0) >= 32 * work.turn * 0.9);
  assert.equal(metrics['durable.max_in_flight_1'], 1);
  assert.ok((metrics['durable.max_in_flight_4'] ?? 0) > 1);
  for (const size of sizes) {
    const [p50 = 0, p99 = 0] = [
      metrics[`durable.p50_ms_${size}`],
      metrics[`durable.p99_ms_${size}`],
    ];
    assert.ok(p50 <= p99 && p50 > work.turn * 0.9, `${size}: ${p50}, ${p99}`);
    const perSecond = metrics[`durable.turns_per_s_${size}`] ?? 0;
    assert.ok(perSecond > 0 && perSecond <= 1000 / (work.turn * 0.9), `${size}: ${perSecond}`);
  }
});

test('turns that skip the model are not measured as turns', async () => {
  const measuring = run([...standIn('idle'), '--turns', '32']);
  await assert.rejects(measuring, /0 model calls where 32 were expected/);
});
