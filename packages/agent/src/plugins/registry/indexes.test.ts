import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { createGuardedFetch } from '../guarded-fetch.ts';
import { startWorkshop } from '../sources/fixtures/workshop.ts';
import { startRegistryOfPlugins } from './fixtures/registry-of-plugins.ts';
import { refreshIndexes } from './indexes.ts';

test('registries are asked in their order, each with a memory of its own', async (t) => {
  const [shop, made] = [await startWorkshop(), await startRegistryOfPlugins()];
  t.after(() => Promise.all([shop.close(), made.close()]));
  const root = await made.root(1);
  const { clock, limits, registry: oci, temporary } = shop.ports;
  const { publicKey } = await made.keys.key('root');
  const trust = (name: string) => ({
    url: `${shop.url}/${name}`,
    keys: [publicKey],
    threshold: 1,
    root: 1,
  });
  const serve = async (name: string, version: number): Promise<void> => {
    shop.serve(`/${name}/1.root.json`, Buffer.from(root));
    shop.serve(`/${name}/index.json`, Buffer.from(await made.index(version)));
  };
  await serve('one', 7);
  await serve('two', 3);
  const ports = {
    fetch: createGuardedFetch({ fetch, clock }, limits),
    oci,
    temporary,
    registries: [trust('one'), trust('two')],
    directory: join(shop.base, 'indexes'),
    clock: made.clock,
  };
  const { signal } = new AbortController();
  const versions = async (): Promise<readonly number[]> =>
    (await refreshIndexes(ports, signal)).map(({ index }) => index.version);
  assert.deepEqual(await versions(), [7, 3]);
  await serve('two', 4);
  assert.deepEqual(await versions(), [7, 4]);
  await serve('one', 6);
  const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_INDEX');
  await assert.rejects(versions(), refused);
});
