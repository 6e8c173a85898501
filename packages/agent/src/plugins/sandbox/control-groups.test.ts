import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../fixtures/harness.ts';
import { findControlGroups, makeControlGroup, sweepControlGroups } from './control-groups.ts';
import type { ControlGroupPlaces } from './control-groups.ts';
import { limits, machine, temporaryFolder } from './fixtures/enclosed.ts';

/** A file system with these files, as /proc and /sys would show it. */
function system(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const V2_MOUNT = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n';

test('v2: the group that was delegated to us is found, with its controllers', () => {
  const root = system({
    'proc/self/cgroup': '0::/user.slice/agent.service\n',
    'proc/self/mountinfo': V2_MOUNT,
    'sys/fs/cgroup/user.slice/agent.service/cgroup.subtree_control': 'cpu memory pids\n',
    'sys/fs/cgroup/user.slice/agent.service/cgroup.procs': '',
  });
  const places = findControlGroups(root, 1);
  assert.equal(places?.version, 2);
  assert.deepEqual(
    [...(places?.folders ?? [])].map(([name, folder]) => [name, folder.slice(root.length)]),
    ['memory', 'pids', 'cpu'].map((name) => [name, '/sys/fs/cgroup/user.slice/agent.service']),
  );
  assert.deepEqual(readdirSync(places?.folders.get('memory') ?? '').toSorted(), [
    'cgroup.procs',
    'cgroup.subtree_control',
  ]);
});

test('v2: a group above that is ours will do, one that is not is none', () => {
  const files = {
    'proc/self/cgroup': '0::/app.slice/agent.scope\n',
    'proc/self/mountinfo': V2_MOUNT,
    'sys/fs/cgroup/app.slice/agent.scope/cgroup.procs': '',
  };
  assert.equal(findControlGroups(system(files), 1), undefined);
  const root = system({
    ...files,
    'sys/fs/cgroup/app.slice/cgroup.subtree_control': 'memory pids cpu',
    'sys/fs/cgroup/app.slice/cgroup.procs': '',
  });
  assert.equal(
    findControlGroups(root, 1)?.folders.get('pids'),
    join(root, 'sys/fs/cgroup/app.slice'),
  );
});

test('v1: each controller has its own folder, as mounted into a container', () => {
  const root = system({
    'proc/self/cgroup': '4:cpu,cpuacct:/docker/1\n3:memory:/docker/1\n2:pids:/docker/1\n0::/\n',
    'proc/self/mountinfo':
      '31 23 0:27 /docker/1 /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n' +
      '32 23 0:28 /docker/1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
      '33 23 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
    'sys/fs/cgroup/cpu/tasks': '',
    'sys/fs/cgroup/memory/tasks': '',
    'sys/fs/cgroup/unified/cgroup.procs': '',
  });
  const places = findControlGroups(root, 1);
  assert.equal(places?.version, 1);
  assert.deepEqual(
    [...(places?.folders ?? [])].map(([name, folder]) => [name, folder.slice(root.length)]),
    [
      ['memory', '/sys/fs/cgroup/memory'],
      ['cpu', '/sys/fs/cgroup/cpu'],
    ],
  );
});

test('limits are written in the words of each version', () => {
  const shown = (version: 1 | 2): Record<string, string> => {
    const folder = temporaryFolder();
    const folders = new Map((['memory', 'pids', 'cpu'] as const).map((name) => [name, folder]));
    const group = makeControlGroup({ version, folders }, '1-a', { ...limits, cpuShare: 0.5 });
    assert.deepEqual(group.joinFiles, [join(folder, 'opencomputer-1-a/cgroup.procs')]);
    const made = join(folder, 'opencomputer-1-a');
    const read = (name: string): [string, string] => [name, readFileSync(join(made, name), 'utf8')];
    return Object.fromEntries(readdirSync(made).map(read));
  };
  assert.deepEqual(shown(2), {
    'cpu.max': '50000 100000',
    'memory.max': '268435456',
    'memory.oom.group': '1',
    'pids.max': '64',
  });
  assert.deepEqual(shown(1), {
    'cpu.cfs_period_us': '100000',
    'cpu.cfs_quota_us': '50000',
    'memory.limit_in_bytes': '268435456',
    // Without accounting of swap it is not used at all.
    'memory.swappiness': '0',
    'pids.max': '64',
  });
});

test('a limit that is not accepted leaves no group, and no process in it', () => {
  const folder = temporaryFolder();
  const places: ControlGroupPlaces = { version: 2, folders: new Map([['memory', folder]]) };
  mkdirSync(join(folder, 'opencomputer-1-a'));
  assert.throws(() => makeControlGroup(places, '1-a', limits), { code: 'EEXIST' });
  assert.deepEqual(readdirSync(folder), []);
});

test('groups of runs that are over are removed, those of others stay', () => {
  const folder = temporaryFolder();
  const places: ControlGroupPlaces = { version: 2, folders: new Map([['memory', folder]]) };
  for (const name of ['opencomputer-11-a', 'opencomputer-12-b', 'system.slice', 'opencomputer-x']) {
    mkdirSync(join(folder, name));
  }
  assert.equal(
    sweepControlGroups(places, (processId) => processId === 12),
    1,
  );
  assert.deepEqual(readdirSync(folder).toSorted(), [
    'opencomputer-12-b',
    'opencomputer-x',
    'system.slice',
  ]);
});

test('where this machine has groups, one is made, holds its limits, and goes', () => {
  const { controlGroups } = machine;
  if (controlGroups === undefined) {
    assert.equal(findControlGroups('/', process.pid), undefined);
    return;
  }
  const group = makeControlGroup(controlGroups, `${process.pid}-test`, limits);
  const folder = join(controlGroups.folders.get('pids') ?? '', `opencomputer-${process.pid}-test`);
  assert.equal(readFileSync(join(folder, 'pids.max'), 'utf8').trim(), '64');
  group.remove(systemClock);
  assert.equal(existsSync(folder), false);
});
