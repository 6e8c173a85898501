import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BackupWriter } from './backup-writer.ts';
import { temporaryFolder, testKey } from './fixtures/data-folder.ts';
import { noteBegin, noteEnd, removeLeft } from './under-way.ts';

test('what a killed run left is removed; files of others and the finished one are not', async (t) => {
  const folder = temporaryFolder(t);
  const directory = join(folder, 'data');
  mkdirSync(directory);
  const path = join(folder, 'a.backup');
  const other = join(folder, 'b.backup.partial');
  writeFileSync(other, 'OCBACKUP1\n');
  noteBegin(directory, path);
  const killed = await BackupWriter.begin({ path, key: testKey, version: '1.0.0', createdAt: 1 });
  t.after(() => killed.abandon());
  removeLeft(directory);
  assert.deepEqual(readdirSync(folder), ['b.backup.partial', 'data']);
  assert.deepEqual(readdirSync(directory), []);
  removeLeft(directory);
  assert.deepEqual(readdirSync(folder), ['b.backup.partial', 'data']);
});

test('a file of that name that is not ours stays, as does everything after a run that ended', async (t) => {
  const folder = temporaryFolder(t);
  const mine = join(folder, 'a.backup.partial');
  writeFileSync(mine, 'something of mine');
  noteBegin(folder, join(folder, 'a.backup'));
  removeLeft(folder);
  assert.deepEqual(readdirSync(folder), ['a.backup.partial']);
  noteBegin(folder, join(folder, 'a.backup'));
  noteEnd(folder);
  writeFileSync(mine, '');
  removeLeft(folder);
  assert.deepEqual(readdirSync(folder), ['a.backup.partial']);
  noteBegin(folder, join(folder, 'a.backup'));
  removeLeft(folder);
  assert.deepEqual(readdirSync(folder), []);
});
