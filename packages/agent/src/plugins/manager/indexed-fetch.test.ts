import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import type { LockedPlugin } from '@opencomputer/contracts/internal';
import type { CurrentIndex, FoundRelease } from '../registry/index.ts';
import { createIndexedFetch, withdrawListed } from './indexed-fetch.ts';
import type { FetchedPlugin, ManagerPorts } from './ports.ts';

const { signal } = new AbortController();
const digest = `sha256:${'1'.repeat(64)}`;
const publisher = 'a'.repeat(64);

function indexOf(change: Partial<FoundRelease> = {}, offline?: string): CurrentIndex {
  const release = {
    version: '1.0.0',
    reference: `registry.example/calendar@${digest}`,
    publisher,
    tier: 'community',
    framework_version: '*',
    state: 'listed',
    ...change,
  } as const;
  const plugin = { name: 'calendar', description: 'Dates', releases: [release] };
  const head = { type: 'opencomputer-registry-index', format: 1, version: 1 } as const;
  const index = { ...head, expires: '2026-02-01T00:00:00Z', plugins: [plugin] };
  return { registry: 'one', index, ...(offline !== undefined && { offline }) };
}

function fetchOf(
  change: Partial<FetchedPlugin> = {},
  index: CurrentIndex = indexOf(),
): { fetch: ManagerPorts['fetch']; asked: string[]; disposed: () => number } {
  let disposed = 0;
  const asked: string[] = [];
  const manifest = manifestSchema.parse({
    name: 'calendar',
    version: '1.0.0',
    framework_version: '*',
    description: 'Dates.',
    runtime: 'command',
    command: ['./a'],
    provides: { tools: [] },
  });
  const fetch = createIndexedFetch(
    async (reference) => {
      asked.push(reference);
      return {
        directory: '/a',
        source: { type: 'oci', reference: 'registry.example/calendar', digest },
        manifest,
        origin: 'local',
        parts: [],
        warnings: [],
        publisher: { id: publisher },
        dispose: async () => void (disposed += 1),
        ...change,
      };
    },
    { frameworkVersion: '1.0.0', indexes: async () => [index] },
  );
  return { fetch, asked, disposed: () => disposed };
}

test('a name is pulled by the digest of the index, and is of its tier', async () => {
  const { fetch, asked } = fetchOf();
  const fetched = await fetch('calendar@^1', signal);
  assert.deepEqual(asked, [`oci:registry.example/calendar@${digest}`]);
  assert.equal(fetched.origin, 'community');
  assert.deepEqual(fetched.warnings, []);
});

test('what is no name is fetched as it was', async () => {
  const { fetch, asked } = fetchOf();
  for (const reference of ['./calendar', 'oci:a.example/b', 'x=./y', 'npm:calendar']) {
    assert.equal((await fetch(reference, signal)).origin, 'local');
  }
  assert.equal(asked.length, 4);
});

for (const [what, change] of [
  ['a swapped digest', { source: { type: 'oci', reference: 'a', digest: 'sha256:2' } }],
  ['another publisher', { publisher: { id: 'b'.repeat(64) } }],
  ['another kind of source', { source: { type: 'folder', path: '/a' } }],
] as const) {
  test(`${what} is refused, and nothing is left`, async () => {
    const { fetch, disposed } = fetchOf(change);
    await assert.rejects(fetch('calendar', signal), { code: 'PLUGIN_SOURCE' });
    assert.equal(disposed(), 1);
  });
}

test('a release that is another plugin or version than it is listed as is refused', async () => {
  const { fetch, disposed } = fetchOf({}, indexOf({ version: '1.0.1' }));
  await assert.rejects(fetch('calendar', signal), /it is calendar 1\.0\.0, listed as/);
  assert.equal(disposed(), 1);
});

test('a last good index and a flag are said', async () => {
  const flagged = indexOf({ state: 'flagged', reason: 'slow' }, 'ENOTFOUND');
  const { fetch } = fetchOf({}, flagged);
  const { warnings } = await fetch('calendar@1.0.0', signal);
  assert.deepEqual(warnings, ['one could not be asked: ENOTFOUND', 'it is flagged: slow']);
});

test('what a registry withdrew is stopped by its digest, on trial as well', async () => {
  const oci = { source: { type: 'oci', reference: 'a', digest } } as const;
  const folder = { source: { type: 'folder', path: '/a' } } as const;
  const listed = [
    { name: 'one', digest: 'a', ...oci },
    { name: 'two', digest: 'b', ...folder, canary: { digest: 'c', ...oci } },
    { name: 'three', digest: 'd', ...folder },
  ] as unknown as readonly LockedPlugin[];
  const stopped: string[] = [];
  const manager = {
    list: () => listed,
    withdraw: async (...what: readonly string[]) => void stopped.push(what.join(' ')),
  };
  await withdrawListed(manager, [indexOf()]);
  assert.deepEqual(stopped, []);
  await withdrawListed(manager, [indexOf({ state: 'withdrawn', reason: 'it leaked' })]);
  assert.deepEqual(stopped, ['one a it leaked', 'two c it leaked']);
});
