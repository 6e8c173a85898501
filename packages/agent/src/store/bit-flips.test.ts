import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flipBits } from './fixtures/bit-flips.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

test('a flipped bit is harmless or reported, and no altered row is given out', async (t) => {
  const seed = 20_261_122;
  const counts = await flipBits(temporaryFolder(t), 20, seed);
  assert.equal(counts.served, 0, `seed ${seed}`);
  assert.equal(counts.harmless + counts.reported, counts.flips);
  assert.ok(counts.reported > 0, 'no flip hit anything');
});
