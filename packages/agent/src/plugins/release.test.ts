import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions } from '@opencomputer/contracts';
import { weatherRelease } from './fixtures/releases.ts';
import type { RunnableRelease } from './manager/index.ts';
import { isContained, listsItself, managedPlugins, releaseFor } from './release.ts';
import type { InstalledRelease } from './release.ts';

const tool = (name: string, rest: object = {}): object => ({
  name,
  description: 'Does a thing.',
  input: { type: 'object' },
  effect: 'read',
  ...rest,
});

function release(version: string, tools: readonly object[], rest: object = {}): RunnableRelease {
  return weatherRelease(version, { provides: { tools }, ...rest });
}

function trying(one: RunnableRelease, two: RunnableRelease): InstalledRelease {
  const [plugin] = managedPlugins([{ current: one, trial: { release: two, share: 0.2 } }], []);
  assert.ok(plugin?.kind === 'release');
  return plugin;
}

const versionsOf = (plugin: InstalledRelease, calls: number): readonly string[] =>
  Array.from({ length: calls }, (_, at) => {
    return releaseFor(plugin, { tool: 'weather_read', idempotencyKey: `turn/${at}` }).version;
  });

test('a release on trial gets its share, and a call that is retried stays where it was', () => {
  const plugin = trying(
    release('1.0.0', [tool('weather_read')]),
    release('2.0.0', [tool('weather_read')]),
  );
  const versions = versionsOf(plugin, 2_000);
  assert.deepEqual(versionsOf(plugin, 2_000), versions);
  const share = versions.filter((version) => version === '2.0.0').length / 2_000;
  assert.ok(share > 0.16 && share < 0.24, String(share));
});

test('a tool that is declared in another way is not tried', () => {
  const first = release('1.0.0', [tool('weather_read')]);
  for (const changed of [
    [tool('weather_read', { input: { type: 'object', required: ['place'] } })],
    [tool('weather_read', { effect: 'send' })],
    [],
  ]) {
    const versions = versionsOf(trying(first, release('2.0.0', changed)), 100);
    assert.deepEqual(new Set(versions), new Set(['1.0.0']));
  }
});

test('a refused release is listed with its problem', () => {
  const problem = 'it asks for more than was allowed';
  assert.deepEqual(managedPlugins([], [{ name: 'weather', version: '1.0.0', problem }]), [
    { kind: 'refused', name: 'weather', tier: 'third-party', problem },
  ]);
});

test('a server without tools in its manifest has to be asked for them', () => {
  const server = { runtime: 'mcp', command: ['server'] };
  assert.equal(listsItself(release('1.0.0', [], server).manifest), true);
  assert.equal(listsItself(release('1.0.0', [tool('weather_read')], server).manifest), false);
  assert.equal(listsItself(release('1.0.0', []).manifest), false);
});

test('a plugin is contained when neither its release nor the one on trial may touch anything', () => {
  const bare = release('1.0.0', []);
  const network = { network: ['a.org'] };
  const open = { ...bare, consent: { ...bare.consent, permissions: permissions.parse(network) } };
  const remote = release('1.0.0', [], { runtime: 'mcp', url: 'https://a.org/mcp' });
  assert.equal(isContained(trying(bare, bare)), true);
  assert.equal(isContained(trying(bare, open)), false);
  assert.equal(isContained(trying(open, bare)), false);
  assert.equal(isContained(trying(remote, bare)), false);
});
