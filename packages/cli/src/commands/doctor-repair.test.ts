import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { machine, temporaryFolder } from '../fixtures/machine.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { backupCreate } from './backup.ts';
import { repair } from './doctor-repair.ts';

test('a sound database is copied whole, and said to have lost nothing', async (t) => {
  const home = machine(temporaryFolder(t), 'home');
  await backupCreate(home.command(), [], {});
  const context = home.command();
  assert.equal(await repair(context, {}), 0);
  assert.match(context.output.text(), /events +0 kept +0 lost/);
  assert.match(context.output.text(), /damaged files are in .*store\.damaged-/);
});

test('what cannot be repaired is said, with the last backup, which is not taken', async (t) => {
  const home = machine(temporaryFolder(t), 'home');
  await backupCreate(home.command(), [], {});
  writeFileSync(join(home.directory, 'store.sqlite'), 'x'.repeat(8192));
  const context = home.command();
  await assert.rejects(repair(context, {}), { code: 'STORE_DAMAGED' });
  assert.match(context.output.text(), /agent backup restore --replace \S+\.backup/);
});

test('while the agent runs nothing is repaired', async (t) => {
  const { environment } = machine(temporaryFolder(t), 'home').command();
  const service = fakeService();
  const agent = { ...doorTo(service), running: async () => service };
  const context = testContext({ agent, environment });
  await assert.rejects(repair(context, {}), { code: 'STORE_LOCKED' });
});
