import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { cutAt, cutsOf } from './cuts.ts';
import { writeStore } from './fixtures/written.ts';

test('a cut loses nothing that was acknowledged before it', async (context) => {
  const written = await writeStore(6);
  context.after(written.remove);
  const cuts = cutsOf(written, { random: createRandom(1), frames: 4, bytes: 3 });
  assert.equal(cuts.length, 7);
  for (const at of cuts) assert.deepEqual(await cutAt(written, at), []);
});

test('what should be there and is not is found', async (context) => {
  const written = await writeStore(3);
  context.after(written.remove);
  const last = written.turns.at(-1);
  assert.ok(last);
  const early = { ...last, logBytes: [0, 0, 0] as const };
  const wrong = { ...written, turns: [...written.turns.slice(0, -1), early] };
  const violations = await cutAt(wrong, written.turns[0]?.logBytes[2] ?? 0);
  assert.deepEqual(
    [...new Set(violations.map(({ assertion }) => assertion))],
    ['accepted-is-kept'],
  );
});
