import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngineLoader } from './engine-package.ts';

const nowhere = (name: string): Promise<unknown> => Promise.reject(new Error(`no ${name}`));

test('a package that the program can import is imported by its name', async () => {
  const loaded = await createEngineLoader(nowhere)('@opencomputer/contracts');
  assert.ok(typeof loaded === 'object' && loaded !== null && 'AgentError' in loaded);
});

test('a package that is nowhere else is looked for in the data directory', async () => {
  const load = createEngineLoader(async (name) => `loaded ${name}`);
  assert.equal(await load('@opencomputer/nowhere'), 'loaded @opencomputer/nowhere');
  await assert.rejects(createEngineLoader(nowhere)('@opencomputer/nowhere'), /no @opencomputer/);
});

test('a folder of the checkout stands for the package of its name', async () => {
  const loaded = await createEngineLoader(nowhere)('@elsewhere/testkit');
  assert.ok(typeof loaded === 'object' && loaded !== null && 'startWorldLedger' in loaded);
});
