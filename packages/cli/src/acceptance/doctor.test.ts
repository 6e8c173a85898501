import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { serve } from '@opencomputer/agent';
import { configuration } from '@opencomputer/contracts';
import { bringTraining, repository, temporaryFolder } from './fixtures/open-agent.ts';
import { run } from './fixtures/program.ts';

/** Overwrites the first page of an index that no start reads; the owner must be another process. */
const damage = `
  const { openSync, writeSync } = require('node:fs');
  const [path, place] = process.argv.slice(1);
  writeSync(openSync(path, 'r+'), Buffer.alloc(4096, 0xa5), 0, 4096, Number(place));
`;

function placeOfIndex(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const sql = `SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'timers'`;
    const row = database.prepare(sql).get();
    assert.ok(row, 'there is such an index');
    return (Number(row['rootpage']) - 1) * 4096;
  } finally {
    database.close();
  }
}

/** The lines that `agent doctor` says of the database. */
async function databaseLines(home: string): Promise<{ code: number | null; lines: string[] }> {
  const { code, output } = await run(['doctor'], { home });
  return { code, lines: output.split('\n').filter((line) => line.includes(' database: ')) };
}

test('doctor reads every page, without a daemon and inside the one that runs, and finds a damaged one', async (context) => {
  const home = temporaryFolder(context);
  const data = join(home, 'data');
  const path = join(data, 'store.sqlite');
  assert.equal((await run(['remind me tomorrow at 9 to call Bob'], { home })).code, 0);

  const alone = await databaseLines(home);
  assert.match(
    alone.lines.join(),
    /^ok +database: \d+ pages \([\d,]+ bytes\) read, none is damaged$/,
  );
  assert.equal(alone.code, 0);

  bringTraining(data);
  const place = placeOfIndex(path);
  const daemon = await serve({
    directory: data,
    environment: { PATH: process.env['PATH'] },
    configuration: configuration.parse({}),
    pluginDirectory: join(repository, 'plugins'),
    timeZone: 'UTC',
  });
  try {
    assert.equal((await databaseLines(home)).code, 0);
    const writing = spawn(process.execPath, ['-e', damage, path, String(place)]);
    assert.equal(await new Promise((resolve) => writing.once('close', resolve)), 0);
    const inside = await databaseLines(home);
    assert.match(inside.lines.join(), /^fail +database: \d+ pages .*damaged: .+ → stop the agent/);
    assert.equal(inside.code, 1);
  } finally {
    await daemon.stop();
  }
  const after = await databaseLines(home);
  assert.match(after.lines.join(), /^fail +database: /);
  assert.equal(after.code, 1);
});
