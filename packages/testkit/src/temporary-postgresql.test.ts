import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { requirement } from './requirement.ts';
import { startTemporaryPostgresql } from './temporary-postgresql.ts';

test('a program that is not PostgreSQL is an error with its reason, and leaves no folder', async () => {
  await assert.rejects(startTemporaryPostgresql(process.execPath), /initdb/);
});

const postgres = requirement('postgresql');
if (postgres !== undefined) {
  test('the server listens on a socket in its own folder only, and is gone after stop', async () => {
    const server = await startTemporaryPostgresql(postgres);
    const folder = new URL(server.url.replace('@/', '@localhost/')).searchParams.get('host') ?? '';
    assert.ok(existsSync(join(folder, '.s.PGSQL.5432')));
    await server.stop();
    assert.equal(existsSync(folder), false);
    assert.equal(existsSync(dirname(folder)), true);
    assert.notEqual(spawnSync('pgrep', ['-f', folder]).status, 0);
    await server.stop();
  });
}
