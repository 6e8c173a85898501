import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { machine, temporaryFolder } from '../fixtures/machine.ts';
import { backupRestore } from './backup-restore.ts';
import { backupCreate, backupList, backupVerify } from './backup.ts';
import { run } from './run.ts';

test('a backup of one machine is made, listed, proven and restored on another', async (t) => {
  const folder = temporaryFolder(t);
  const home = machine(folder, 'home');
  assert.equal(await run(home.command(), ['add water the plants to my tasks'], {}), 0);
  const create = home.command();
  assert.equal(await backupCreate(create, [], {}), 0);
  const file = /Saved (\S+\.backup)/.exec(create.output.text())?.[1] ?? '';
  assert.ok(existsSync(file), create.output.text());
  assert.equal(readFileSync(file).includes('water the plants'), false);

  const list = home.command();
  await backupList(list, [], { json: true });
  assert.equal((JSON.parse(list.output.text()) as { path: string }[])[0]?.path, file);
  const verify = home.command();
  assert.equal(await backupVerify(verify, [file], {}), 0);
  assert.match(verify.output.text(), /is whole: \d+ files/);

  const other = machine(folder, 'other');
  const restore = other.command();
  assert.equal(await backupRestore(restore, [file], {}), 0);
  assert.match(restore.output.text(), /Restored .*other as of/);
  const asked = other.command();
  assert.equal(await run(asked, ['list my tasks'], {}), 0);
  assert.match(asked.output.text(), /water the plants/);
  await assert.rejects(backupRestore(other.command(), [file], {}), { code: 'BACKUP_TARGET' });
  const replace = other.command();
  assert.equal(await backupRestore(replace, [file], { replace: true }), 0);
  assert.match(replace.output.text(), /What was there before is in/);
});
