import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest, permissions } from '@opencomputer/contracts';
import type { RunnableRelease } from '../manager/index.ts';
import { interpreterPath, rightsOf } from './rights.ts';

function release(asked: object): RunnableRelease {
  return {
    name: 'probe',
    origin: 'local',
    version: '1.0.0',
    digest: 'a',
    source: { type: 'folder', path: '/home/ada/probe' },
    consent: { permissions: permissions.parse(asked), secrets: {}, at: 0 },
    directory: '/data/plugin-code/a',
    manifest: manifest.parse({
      name: 'probe',
      version: '1.0.0',
      framework_version: '*',
      description: 'Probes.',
      runtime: 'node',
      // More than was consented to: the consent counts.
      permissions: { files: { write: ['/srv'] }, devices: ['/dev/video0'] },
      resources: { memoryMb: 64, cpuShare: 0.5, processesMax: 8, diskMb: 10 },
    }),
  };
}

const around = {
  access: { folders: ['/home/ada/letters'], storage: ['/data/plugins/probe/ada'] },
  data: '/data/scratch/probe',
  home: '/home/ada',
  network: 'none',
} as const;

test('a plugin with no permission has its code, its folder and its storage', () => {
  assert.deepEqual(rightsOf(release({}), { ...around, interpreter: '/opt/node' }), {
    code: ['/data/plugin-code/a', '/opt/node'],
    read: [],
    write: [],
    devices: [],
    scratch: { home: '/data/scratch/probe', storage: ['/data/plugins/probe/ada'] },
    network: 'none',
    limits: { memoryMb: 64, cpuShare: 0.5, processesMax: 8, diskMb: 10, filesMax: 1_024 },
  });
});

test('paths of the consent are those of the person, and folders come with the call', () => {
  const asked = { files: { read: ['~/Music', 'folders'], write: ['/srv/data'] } };
  const { read, write } = rightsOf(release(asked), around);
  assert.deepEqual([read, write], [['/home/ada/Music', '/home/ada/letters'], ['/srv/data']]);
});

test('an interpreter outside the system is shown alone', () => {
  assert.equal(interpreterPath('/opt/node/bin/node'), '/opt/node/bin/node');
  assert.equal(interpreterPath('/usr/bin/python3'), undefined);
  assert.equal(interpreterPath('python3'), undefined);
});
