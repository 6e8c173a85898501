import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions } from '@opencomputer/contracts';
import type { LockedPlugin, PluginRelease } from '@opencomputer/contracts/internal';
import { changed, counted, digestsOf, onTrial, replaced, rolledBack } from './releases.ts';

const release = (version: string): PluginRelease => ({
  version,
  digest: version.replaceAll('.', '').padEnd(64, '0'),
  source: { type: 'folder', path: '/home/ada/calendar' },
  consent: { permissions: permissions.parse({}), secrets: {}, at: 1 },
});

const first: LockedPlugin = {
  ...release('1.0.0'),
  name: 'calendar',
  reference: './calendar',
  origin: 'local',
  enabled: true,
  pinned: false,
  previous: [],
};

const versions = ({ version, previous }: LockedPlugin): readonly string[] => [
  version,
  ...previous.map((past) => past.version),
];

const update = { at: 2, reason: 'an update' };

test('an update keeps the release before, five at most', () => {
  let plugin = first;
  for (const version of ['2.0.0', '3.0.0', '4.0.0', '5.0.0', '6.0.0', '7.0.0']) {
    plugin = replaced(plugin, release(version), update);
  }
  assert.deepEqual(versions(plugin), ['7.0.0', '6.0.0', '5.0.0', '4.0.0', '3.0.0', '2.0.0']);
});

test('going back does not return to what was given up', () => {
  const third = replaced(replaced(first, release('2.0.0'), update), release('3.0.0'), update);
  const second = rolledBack(third, { at: 3, reason: 'it crashed' });
  assert.deepEqual(versions(second), ['2.0.0', '1.0.0', '3.0.0']);
  const back = rolledBack(second, { at: 4, reason: 'it crashed' });
  assert.deepEqual(versions(back), ['1.0.0', '3.0.0', '2.0.0']);
});

test('without an earlier version there is no way back', () => {
  assert.throws(() => changed(first, 'roll-back', 2), { code: 'PLUGIN_STATE' });
  assert.throws(() => changed(first, 'promote', 2), { code: 'PLUGIN_STATE' });
});

test('a trial is counted, promoted, or given up without a trace in the past', () => {
  const trying = onTrial(first, release('2.0.0'), { at: 2, share: 0.2 });
  const one = counted(counted(trying, 'canary', { calls: 2, failures: 1 }), 'current', {
    calls: 5,
    failures: 0,
  });
  assert.deepEqual(one.canary?.counts, {
    canary: { calls: 2, failures: 1 },
    current: { calls: 5, failures: 0 },
  });
  assert.deepEqual(versions(changed(one, 'promote', 3)), ['2.0.0', '1.0.0']);
  assert.equal(changed(one, 'promote', 3).canary, undefined);
  assert.deepEqual(changed(one, 'roll-back', 3), first);
  assert.equal(counted(first, 'canary', { calls: 1, failures: 0 }), first);
});

test('pinning ends a trial', () => {
  const trying = onTrial(first, release('2.0.0'), { at: 2, share: 0.2 });
  assert.deepEqual(changed(trying, 'pin', 3), { ...first, pinned: true });
});

test('installing the current release again keeps its past', () => {
  const second = replaced(first, release('2.0.0'), update);
  assert.deepEqual(versions(replaced(second, release('2.0.0'), update)), ['2.0.0', '1.0.0']);
  assert.deepEqual(versions(replaced(second, release('1.0.0'), update)), ['1.0.0', '2.0.0']);
});

test('every release that may still run is named', () => {
  const plugin = onTrial(replaced(first, release('2.0.0'), update), release('3.0.0'), {
    at: 2,
    share: 0.2,
  });
  assert.deepEqual(
    digestsOf(plugin).map((digest) => digest.slice(0, 1)),
    ['2', '1', '3'],
  );
});
