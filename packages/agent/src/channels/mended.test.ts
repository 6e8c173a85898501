import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { openStore } from '../store/index.ts';
import { mendStates } from './mended.ts';
import { channelMigrations } from './tables.ts';

test('an impossible state becomes what the replies prove, else what waits for the person', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'mended-'));
  t.after(() => rmSync(path, { recursive: true }));
  const clock = createFakeClock();
  const store = await openStore({ path, command: 'test', migrations: channelMigrations, clock });
  t.after(() => store.close());
  const { database } = store;
  const message = (id: string, state: string) => ({
    sql: `insert into inbox values (?, ?, 'c', 'p', 'v', 1, ?, x'', 1, null)`,
    parameters: [id, id, state],
  });
  const reply = (id: string, turn: string, state: string) => ({
    sql: `insert into outbox values (?, 'c', 'p', 'v', ?, 1, ?, 0, x'', null)`,
    parameters: [id, turn, state],
  });
  await database.write([
    message('answered', 'dooe'),
    message('unanswered', ''),
    message('open', 'open'),
    reply('sound', 'answered', 'delivered'),
    reply('broken', 'other', 'pendiog'),
  ]);
  assert.deepEqual(await mendStates(database), [
    { table: 'inbox', rows: 2 },
    { table: 'outbox', rows: 1 },
  ]);
  const states = async (table: string): Promise<readonly string[]> => {
    const sql = `select state from ${table} order by id`;
    return (await database.read<{ state: string }>({ sql, parameters: [] })).map(
      (row) => row.state,
    );
  };
  assert.deepEqual(await states('inbox'), ['done', 'open', 'parked']);
  assert.deepEqual(await states('outbox'), ['dead', 'delivered']);
  assert.deepEqual(
    (await mendStates(database)).map(({ rows }) => rows),
    [0, 0],
  );
});
