import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './paraphrases.ts';

test('the bench prints a percentage for each intent and counts the wrong writes', async () => {
  const metrics = await run();
  assert.equal(metrics['paraphrases.wrong_writes'], 0);
  for (const name of ['paraphrases.right', 'paraphrases.right.note.create']) {
    const value = metrics[name] ?? 0;
    assert.ok(value > 50 && value <= 100, name);
  }
});
