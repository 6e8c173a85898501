import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { permissions } from '@opencomputer/contracts';
import type { LockedPlugin, PluginSource } from '@opencomputer/contracts/internal';
import { createLockfile } from './lockfile.ts';

async function place(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lockfile-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'plugins.lock.json');
}

const sha256 = 'a'.repeat(64);

const sources: readonly PluginSource[] = [
  { type: 'folder', path: '/home/ada/calendar' },
  { type: 'git', url: 'https://a.org/x.git', commit: 'b'.repeat(40), path: 'plugins/x' },
  { type: 'npm', package: '@a/b', version: '1.0.0', integrity: 'sha512-xyz==' },
  { type: 'wheel', package: 'b', version: '1.0', sha256 },
  { type: 'oci', reference: 'a.org/b:1', digest: `sha256:${sha256}` },
  { type: 'image', reference: 'a.org/b:1', digest: `sha256:${sha256}` },
  { type: 'mcpb', path: '/home/ada/b.mcpb', sha256 },
  { type: 'server', name: 'io.a/b' },
];

function lockedFrom(source: PluginSource, at: number): LockedPlugin {
  const consent = { permissions: permissions.parse({}), secrets: { key: ['a.org'] }, at: 5 };
  const release = { version: '1.0.0', digest: sha256, source, consent };
  return {
    name: `plugin-${at}`,
    reference: './calendar',
    origin: 'local',
    enabled: true,
    pinned: false,
    ...release,
    previous: [{ ...release, replacedAt: 6, reason: 'an update' }],
    canary: {
      ...release,
      share: 0.2,
      startedAt: 7,
      counts: { canary: { calls: 3, failures: 1 }, current: { calls: 9, failures: 0 } },
    },
    withdrawn: 'it was malicious',
  };
}

test('what was written is read back, from every source', async (t) => {
  const lockfile = createLockfile(await place(t));
  assert.deepEqual(await lockfile.read(), []);
  const plugins = sources.map(lockedFrom);
  await lockfile.write(plugins);
  assert.deepEqual(await lockfile.read(), plugins);
});

test('a damaged list is named with its place, never taken for an empty one', async (t) => {
  const path = await place(t);
  const lockfile = createLockfile(path);
  await lockfile.write(sources.map(lockedFrom));
  const text = await readFile(path, 'utf8');
  for (const damaged of [
    '',
    text.slice(0, 200),
    text.replace('"version": 1', '"version": 2'),
    text.replace(sha256, sha256.toUpperCase()),
    text.replace('"enabled": true', '"enabled": "yes"'),
  ]) {
    await writeFile(path, damaged);
    await assert.rejects(lockfile.read(), { code: 'PLUGIN_LOCKFILE' });
  }
});

test('the number of plugins is bounded', async (t) => {
  const lockfile = createLockfile(await place(t));
  const [first] = sources.map(lockedFrom);
  const many = Array.from({ length: 501 }, () => first).filter((each) => each !== undefined);
  await assert.rejects(lockfile.write(many), { code: 'PLUGIN_LIMIT' });
  assert.deepEqual(await lockfile.read(), []);
});
