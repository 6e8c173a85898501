import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import type { InstalledServer, ServerConfiguration } from './installed.ts';
import { LISTING_AGE_MS_MAX, ListingStore, readListedTool } from './listing-store.ts';

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
const keyed =
  (key: string) =>
  (text: string): string =>
    createHmac('sha256', key).update(text).digest('hex');
const listing = { version: '1.0.0', tools: [tool], prior: { kind: 'legacy' } };

test('a listing is remembered for its configuration, and is old after a day', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'listings-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  let now = 1_000;
  const store = new ListingStore(join(directory, 'own'), () => now, keyed('k'));
  assert.equal(store.read(server()), undefined);
  await store.write(server(), listing);
  assert.deepEqual(store.read(server()), { listing, isFresh: true });
  assert.equal((await stat(join(directory, 'own/one.json'))).mode & 0o777, 0o600);
  now += LISTING_AGE_MS_MAX;
  assert.equal(store.read(server())?.isFresh, false);
  now = 0;
  assert.equal(store.read(server())?.isFresh, false);
});

test('a listing is of one command, its arguments, its address and the values of its environment', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'listings-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const store = new ListingStore(directory, () => 0, keyed('k'));
  const two = { environment: { KEY: 'secret-value', MORE: 'x' } };
  await store.write(server(two), listing);
  const changes: readonly Partial<ServerConfiguration>[] = [
    { ...two, command: 'other' },
    { ...two, arguments: ['b'] },
    { ...two, arguments: ['a', ''] },
    { ...two, url: 'https://example.org/mcp' },
    { environment: {} },
    { environment: { KEY: 'secret-value' } },
    { environment: { KEY: 'another', MORE: 'x' } },
    { environment: { KEY: 'x', MORE: 'secret-value' } },
  ];
  for (const change of changes) {
    assert.equal(store.read(server(change)), undefined, JSON.stringify(change));
  }
  assert.ok(store.read(server({ environment: { MORE: 'x', KEY: 'secret-value' } })));
});

test('no value of the environment is written, nor a hash that can be made without the key', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'listings-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const hashed: string[] = [];
  const store = new ListingStore(
    directory,
    () => 0,
    (text) => (hashed.push(text), keyed('k')(text)),
  );
  await store.write(server(), listing);
  const text = await readFile(join(directory, 'one.json'), 'utf8');
  assert.doesNotMatch(text, /secret-value|KEY/);
  assert.match(hashed[0] ?? '', /secret-value/);
  assert.ok(text.includes(keyed('k')(hashed[0] ?? '')));
  const other = new ListingStore(directory, () => 0, keyed('another key'));
  assert.equal(other.read(server()), undefined);
});

test('of a tool with a schema beyond the limits only its name and the problem are kept', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'listings-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  let inputSchema: JsonObject = {};
  for (let depth = 0; depth < 50_000; depth += 1) inputSchema = { items: inputSchema };
  const [read, ...more] = readListedTool({ ...tool, inputSchema });
  assert.ok(read);
  assert.deepEqual(more, []);
  assert.deepEqual(read, {
    name: 't',
    description: '',
    inputSchema: {},
    annotations: {},
    problem: 'its schema is more than 32 levels deep',
  });
  const store = new ListingStore(directory, () => 0, keyed('k'));
  await store.write(server(), { version: '1', tools: [read] });
  assert.deepEqual(store.read(server())?.listing.tools, [read]);
});

test('a damaged file is as good as none; tools of the wrong shape are left out', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'listings-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const store = new ListingStore(directory, () => 0, keyed('k'));
  for (const text of ['', '{', '[]', '{"version":2}']) {
    await writeFile(join(directory, 'one.json'), text);
    assert.equal(store.read(server()), undefined);
  }
  const odd = [{ name: 1 }, null, { name: 'bare' }] as unknown as (typeof tool)[];
  await store.write(server(), { version: '1', tools: odd });
  assert.deepEqual(store.read(server())?.listing.tools, [
    { ...tool, name: 'bare', description: '' },
  ]);
});
