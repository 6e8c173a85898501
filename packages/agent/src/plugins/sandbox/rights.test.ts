import assert from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rightsFor, temporaryFolder } from './fixtures/enclosed.ts';
import { isWithin, resolveRights } from './rights.ts';
import type { SandboxRights } from './rights.ts';

const root = temporaryFolder();
const at = (...names: string[]): string => join(root, ...names);
for (const folder of ['code/lib', 'notes/deep', 'data']) mkdirSync(at(folder), { recursive: true });
writeFileSync(at('file'), '');
symlinkSync(at('notes'), at('link'));
symlinkSync(at('data'), at('notes/out'));

async function targets(rights: Partial<SandboxRights>): Promise<string[]> {
  const grants = await resolveRights('x', rightsFor(rights));
  return grants.map(({ source, target, access }) => {
    const path = target.replace(root, '').slice(1);
    return target === source
      ? `${access} ${path}`
      : `${access} ${path} = ${source.slice(root.length)}`;
  });
}

test('a link is shown by its name and by what it leads to; a path that is gone grants nothing', async () => {
  assert.deepEqual(await targets({ read: [at('link'), at('missing'), at('file')] }), [
    'read file',
    'read link = /notes',
    'read notes',
  ]);
});

test('outer folders come before what lies in them', async () => {
  assert.deepEqual(await targets({ read: [at('notes')], write: [at('notes/deep')] }), [
    'read notes',
    'write notes/deep',
  ]);
});

test('nothing is bound inside a folder that the plugin may write: it could be a link by now', async () => {
  assert.deepEqual(
    await targets({ write: [at('notes'), at('notes/deep')], read: [at('notes/deep')] }),
    ['write notes'],
  );
  assert.deepEqual(await targets({ write: [at('notes')], read: [at('notes/out')] }), [
    'read data',
    'write notes',
  ]);
});

test('code that its plugin may write is refused, by any of its names', async () => {
  for (const code of [at('code/lib'), at('code')]) {
    await assert.rejects(targets({ code: [code], write: [at('code')] }), {
      code: 'PLUGIN_SANDBOX',
    });
  }
  const scratch = { home: at('link'), storage: [] };
  await assert.rejects(targets({ code: [at('notes/deep')], scratch }), /may write/);
});

test("the machine's own folders are never granted, nor anything below /proc, /sys and /dev", async () => {
  for (const path of [
    '/',
    '/etc',
    '/root',
    '/home',
    '/proc',
    '/proc/self',
    '/sys/fs',
    '/dev/null',
  ]) {
    await assert.rejects(targets({ read: [path] }), /never granted/, path);
  }
  await assert.rejects(targets({ write: ['notes'] }), /not an absolute path/);
});

test('devices are devices below /dev', async () => {
  assert.deepEqual(await resolveRights('x', rightsFor({ devices: ['/dev/zero', '/dev/gone'] })), [
    { source: '/dev/zero', target: '/dev/zero', access: 'device' },
  ]);
  for (const path of [at('file'), '/dev', at('notes')]) {
    await assert.rejects(targets({ devices: [path] }), /is no device/);
  }
});

test('what the system shows to everybody is not bound again', async () => {
  assert.deepEqual(await targets({ code: ['/bin/sh', '/usr/bin/env'] }), []);
});

test('a path that was resolved stays what it was, whatever takes its name', async () => {
  mkdirSync(at('first'));
  const grants = await resolveRights('x', rightsFor({ read: [at('first')] }));
  renameSync(at('first'), at('second'));
  symlinkSync('/etc', at('first'));
  assert.deepEqual(
    grants.map(({ source }) => source),
    [at('first')],
  );
  await assert.rejects(targets({ read: [at('first')] }), /never granted/);
});

test('a folder is within itself and its parents, not beside them', () => {
  assert.deepEqual(
    [isWithin('/a/b', '/a'), isWithin('/a', '/a'), isWithin('/ab', '/a'), isWithin('/a', '/')],
    [true, true, false, true],
  );
});
