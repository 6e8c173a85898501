import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { readTree } from '../content/index.ts';
import { publish } from './fixtures/npm-registry.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';
import { fetchSource } from './source.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
});
after(() => shop.close());

it('a fetch that was cancelled leaves nothing', async () => {
  await shop.folder('late', { file: 'x' });
  await assert.rejects(shop.fetch('./late', AbortSignal.abort()));
  assert.deepEqual(await shop.left(), []);
});

it('a name is for the registry', () => shop.refuses('calendar', 'PLUGIN_SOURCE'));

it('what was fetched can be kept', async () => {
  const fetched = await shop.fetch('~/late');
  assert.match((await readTree(fetched.directory)).digest, /^[0-9a-f]{64}$/);
  await fetched.dispose();
});

it('a reference that was read already is the same, and is named in errors', async () => {
  const { signal } = new AbortController();
  const fetched = await fetchSource({ type: 'folder', path: './late' }, shop.ports, signal);
  assert.equal(fetched.source.type, 'folder');
  await fetched.dispose();
  await fetched.dispose();
  const wanted = { type: 'npm', package: 'gone', range: '1' } as const;
  await assert.rejects(fetchSource(wanted, shop.ports, signal), /^AgentError: npm:gone cannot/);
});

it('has a fetch of its own, so two at once do not meet', async () => {
  publish(shop, 'leaf', { '1.0.0': {} });
  const both = await Promise.all([shop.fetch('npm:leaf'), shop.fetch('npm:leaf')]);
  const [one, two] = both;
  assert.notEqual(one?.directory, two?.directory);
  await writeFile(join(one?.directory ?? '', 'more'), 'x');
  const trees = await Promise.all(both.map(({ directory }) => readTree(directory)));
  assert.notEqual(trees[0]?.digest, trees[1]?.digest);
  await Promise.all(both.map((fetched) => fetched.dispose()));
  assert.deepEqual(await shop.left(), []);
});
