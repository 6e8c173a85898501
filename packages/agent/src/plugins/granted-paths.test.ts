import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissions } from '@opencomputer/contracts';
import { readableFolders, writableFolders } from './granted-paths.ts';

const folders = ['/home/ada/letters'];

test('a plugin that asks for no folders is told of none', () => {
  const asked = permissions.parse({ files: { read: ['~/Music'] } });
  assert.deepEqual([readableFolders(asked, folders), writableFolders(asked, folders)], [[], []]);
});

test('what may be written may be read, and not the other way round', () => {
  const reader = permissions.parse({ files: { read: ['folders'] } });
  const writer = permissions.parse({ files: { write: ['folders'] } });
  assert.deepEqual(
    [readableFolders(reader, folders), writableFolders(reader, folders)],
    [folders, []],
  );
  assert.deepEqual(
    [readableFolders(writer, folders), writableFolders(writer, folders)],
    [folders, folders],
  );
});
