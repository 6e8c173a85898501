import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStage } from './home.ts';

test('each run has a home of its own, with a store in which nothing was said yet', async (context) => {
  const stage = await openStage();
  context.after(() => stage.close());
  const [one, other] = [stage.home(), stage.home()];
  assert.notEqual(one.folder, other.folder);
  assert.ok(existsSync(join(one.folder, 'data', 'store.sqlite')));
  one.remove();
  assert.ok(!existsSync(one.folder));
  assert.ok(existsSync(other.folder));
  assert.ok(stage.world.ledger.entries().length > 0, 'the story ran once without a fault');
});
