import assert from 'node:assert/strict';
import { existsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { machine, temporaryFolder } from '../fixtures/machine.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { backupRestore } from './backup-restore.ts';
import { backupCreate, backupList } from './backup.ts';

test('another passphrase, and a file that was cut, are refused with nothing made', async (t) => {
  const folder = temporaryFolder(t);
  const home = machine(folder, 'home');
  assert.equal(await backupCreate(home.command(), ['a.backup'], {}), 0);
  await assert.rejects(backupCreate(home.command(), ['a.backup'], {}), { code: 'OPTION_INVALID' });
  const passphraseFile = 'passphrase';
  writeFileSync(join(folder, passphraseFile), 'another one\n');
  const other = machine(folder, 'other');
  await assert.rejects(backupRestore(other.command(), ['a.backup'], { passphraseFile }), {
    code: 'BACKUP_PASSPHRASE',
  });
  truncateSync(join(folder, 'a.backup'), statSync(join(folder, 'a.backup')).size - 100);
  await assert.rejects(backupRestore(other.command(), ['a.backup'], {}), {
    code: 'BACKUP_DAMAGED',
  });
  assert.equal(existsSync(other.directory), false);
});

test('a backup on the disk of the data, and one of a damaged store, are said to be so', async (t) => {
  const home = machine(temporaryFolder(t), 'home');
  const { environment } = home.command();
  const path = join(home.directory, 'backups', 'a.backup');
  const made = { path, createdAt: 0, files: 2, bytes: 10, damaged: 3 };
  const agent = doorTo(fakeService({ queries: { backup: made } }));
  const context = testContext({ agent, environment });
  assert.equal(await backupCreate(context, [], {}), 0);
  assert.match(context.output.text(), /2 files, 10 bytes/);
  assert.match(context.error.text(), /3 places known to be damaged/);
  assert.match(context.error.text(), /same disk/);
});

test('a folder without backups is said to have none', async (t) => {
  const context = machine(temporaryFolder(t), 'home').command();
  assert.equal(await backupList(context, [], { directory: 'elsewhere' }), 0);
  assert.match(context.output.text(), /no backup in .*elsewhere/);
});
