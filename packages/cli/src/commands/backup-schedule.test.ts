import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { agentDoor } from '../agent-connection.ts';
import { machine, temporaryFolder } from '../fixtures/machine.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { backupSchedule } from './backup-schedule.ts';
import { backupCreate, backupVerify } from './backup.ts';

test('a schedule keeps no passphrase, and later backups need none', async (t) => {
  const folder = temporaryFolder(t);
  const home = machine(folder, 'home');
  const schedule = home.command();
  assert.equal(await backupSchedule(schedule, [], { every: '12h', keep: '3' }), 0);
  const kept = readFileSync(join(home.directory, 'backup.key'), 'utf8');
  assert.doesNotMatch(kept, /horse/);
  assert.equal(statSync(join(home.directory, 'backup.key')).mode & 0o077, 0);
  const settings = readFileSync(schedule.environment.configurationFile, 'utf8');
  assert.match(settings, /every: 12h/);
  assert.match(settings, /keep: 3/);
  await assert.rejects(backupSchedule(home.command(), [], { every: 'daily' }), {
    code: 'CONFIG_INVALID',
  });
  const facts = { ...home.command().environment, backupPassphrase: undefined };
  const unattended = testContext({ agent: agentDoor(facts), environment: facts });
  assert.equal(await backupCreate(unattended, ['b.backup'], {}), 0);
  assert.equal(await backupVerify(home.command(), ['b.backup'], {}), 0);
  assert.equal(await backupSchedule(home.command(), [], { off: true }), 0);
  assert.equal(existsSync(join(home.directory, 'backup.key')), false);
});
