import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { databaseName, writeStore } from './fixtures/written.ts';
import { flipAt, flipsOf } from './flips.ts';

test('a flipped bit in the head of the file is refused, in free space harmless, in a payload reported', async (context) => {
  const written = await writeStore(6);
  context.after(written.remove);
  const bytes = readFileSync(join(written.closed, databaseName));
  const [turn] = written.turns;
  assert.ok(turn);
  // The sealed bytes of the first message follow its columns.
  const payload = bytes.indexOf(Buffer.from(turn.message.id)) + 250;
  const outcomeAt = async (byte: number): Promise<string> =>
    (await flipAt(written, { file: 'database', byte, bit: 3 })).outcome;
  assert.equal(await outcomeAt(0), 'refused');
  assert.equal(await outcomeAt(payload), 'reported');
  const free = bytes.indexOf(Buffer.alloc(64)) + 32;
  assert.equal(await outcomeAt(free), 'harmless');
});

test('flips fall on the database and on its log', async (context) => {
  const written = await writeStore(2);
  context.after(written.remove);
  const flips = flipsOf(written, createRandom(1), 40);
  assert.deepEqual([...new Set(flips.map(({ file }) => file))], ['database', 'log']);
});
