import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { InstalledServer, ServerConfiguration } from './installed.ts';
import { LISTING_AGE_MS_MAX, ListingStore } from './listing-store.ts';

const server = (configuration: Partial<ServerConfiguration> = {}): InstalledServer => ({
  kind: 'server',
  name: 'one',
  configuration: {
    enabled: true,
    trust: true,
    command: 'run',
    arguments: ['a'],
    environment: { KEY: 'secret-value' },
    ...configuration,
  },
});
const tool = { name: 't', description: 'd', inputSchema: { type: 'object' }, annotations: {} };
const listing = { version: '1.0.0', tools: [tool], prior: { kind: 'legacy' } };

test('a listing is remembered for its configuration, and is old after a day', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'listings-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  let now = 1_000;
  const store = new ListingStore(join(directory, 'own'), () => now);
  assert.equal(store.read(server()), undefined);
  await store.write(server(), listing);
  assert.deepEqual(store.read(server()), { listing, isFresh: true });
  assert.equal((await stat(join(directory, 'own/one.json'))).mode & 0o777, 0o600);
  assert.equal(store.read(server({ arguments: ['b'] })), undefined);
  assert.equal(store.read(server({ environment: {} })), undefined);
  assert.ok(store.read(server({ environment: { KEY: 'another' } })));
  now += LISTING_AGE_MS_MAX;
  assert.equal(store.read(server())?.isFresh, false);
  now = 0;
  assert.equal(store.read(server())?.isFresh, false);
});

test('a damaged file is as good as none; tools of the wrong shape are left out', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'listings-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const store = new ListingStore(directory, () => 0);
  for (const text of ['', '{', '[]', '{"version":1}']) {
    await writeFile(join(directory, 'one.json'), text);
    assert.equal(store.read(server()), undefined);
  }
  const odd = [{ name: 1 }, null, { name: 'bare' }] as unknown as (typeof tool)[];
  await store.write(server(), { version: '1', tools: odd });
  assert.deepEqual(store.read(server())?.listing.tools, [
    { ...tool, name: 'bare', description: '' },
  ]);
});
