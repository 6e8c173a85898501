import assert from 'node:assert/strict';
import { test } from 'node:test';
import { work } from './fixtures/agent.ts';
import { standIn } from './fixtures/options.ts';
import { run } from './turn.ts';

test('a turn is charged with its work, over the direct call to the model', async () => {
  const metrics = await run([...standIn('usual'), '--turns', '30']);
  assert.deepEqual(Object.keys(metrics), [
    'turn.cpu_ms',
    'turn.added_p50_ms',
    'turn.added_p95_ms',
    'turn.fresh_cpu_ms',
    'turn.first20_p50_ms',
  ]);
  for (const [name, value] of Object.entries(metrics)) {
    assert.ok(value >= work.turn * 0.9, `${name} is ${value}`);
  }
});

test('turns that skip the model are not measured as turns', async () => {
  const measuring = run([...standIn('idle'), '--turns', '30']);
  await assert.rejects(measuring, /0 model calls where 20 were expected/);
});
