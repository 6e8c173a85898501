import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixedClock as clock } from './fixtures/fixed-clock.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';
import { findInstallationKey, keepKeyCopy, restoreInstallationKey } from './installation-key.ts';
import { fileRootKey } from './root-key.ts';
import { openStore } from './store.ts';

const options = { command: 'test', migrations: [], clock };
const remove = { sql: "delete from person_keys where person_id = 'installation'", parameters: [] };

test('the copy is made with the store, for its owner alone, and holds the key wrapped', async (t) => {
  const path = temporaryFolder(t);
  const store = await openStore({ path, ...options });
  t.after(() => store.close());
  const file = join(path, 'installation.key');
  assert.equal(statSync(file).mode & 0o077, 0);
  const rootKey = fileRootKey(join(path, 'root.key'));
  await rootKey.prepare(false);
  assert.equal(await findInstallationKey(store.database, rootKey, file), 'stored');
  await store.database.write([remove]);
  assert.equal(await findInstallationKey(store.database, rootKey, file), 'in the copy');
  assert.equal(await findInstallationKey(store.database, rootKey, join(path, 'none')), 'missing');
  await restoreInstallationKey(store.database, file, 1);
  assert.equal(await findInstallationKey(store.database, rootKey, join(path, 'none')), 'stored');
});

test('a copy of another key is replaced; one that cannot be written fails nothing', async (t) => {
  const path = temporaryFolder(t);
  const store = await openStore({ path, ...options });
  t.after(() => store.close());
  const file = join(path, 'installation.key');
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, 'b3RoZXI=\n');
  await keepKeyCopy(store.database, file);
  assert.equal(readFileSync(file, 'utf8'), right);
  mkdirSync(join(path, 'folder', 'in-it'), { recursive: true });
  const before = readdirSync(path);
  await keepKeyCopy(store.database, join(path, 'folder'));
  assert.deepEqual(readdirSync(path), before);
  await store.database.write([remove]);
  await keepKeyCopy(store.database, file);
  assert.equal(readFileSync(file, 'utf8'), right);
});
