import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirement, startTemporaryPostgresql } from '@opencomputer/testkit';
import { account, pendingIn, timersIn, turnsIn } from './account.ts';
import type { Traces } from './account.ts';
import type { Said } from './fixtures/load.ts';
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const postgres = requirement('postgresql');
if (postgres !== undefined) testWith(postgres);

function testWith(program: string): void {
  test('what was lost or doubled is found, each once', async (context) => {
    const server = await startTemporaryPostgresql(program);
    context.after(() => server.stop());
    const run = (sql: string): void => {
      const psql = join(dirname(realpathSync(program)), 'psql');
      const { status, stderr } = spawnSync(psql, ['-c', sql, server.url], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    run(`create table inbox (id text, state text); create table timers (key text);
      create table outbox (turn text); create table events (turn text, name text, seq bigint);
      insert into inbox values ('t1', 'done'), ('t2', 'done'), ('t3', 'open');
      insert into events values ('t1', 'turn-finish', null), ('t2', 'turn-finish', null),
        ('t2', 'model-fail', 1);
      insert into outbox values ('t1'), ('t2'), (null); insert into timers values ('k')`);
    const said = (marker: string, kind: Said['kind'], answers: string[] = []): Said => ({
      marker,
      kind,
      accepted: true,
      answers,
    });
    const entry = (service: string, body: string, key?: string) => ({
      service,
      method: 'POST',
      path: `/${service}`,
      body,
      ...(key !== undefined && { key }),
    });
    const traces: Traces = {
      postgres: program,
      databaseUrl: server.url,
      said: [said('m1', 'effects', ['known,known']), said('m2', 'words'), said('m3', 'reminder')],
      entries: [entry('keyed', 'm1', 'a'), entry('keyed', 'm1', 'a'), entry('once', 'm1')],
    };
    assert.deepEqual([pendingIn(traces), timersIn(traces)], [1, 1]);
    assert.deepEqual(turnsIn(traces), ['t1', 't2', 't3']);
    const good = account(traces);
    assert.deepEqual(good.problems, []);
    const { accepted, kept, completed, failed, pending, lost, doubled, repeatedUnderKey } = good;
    assert.deepEqual([accepted, kept, completed, failed, pending], [3, 3, 1, 1, 1]);
    assert.deepEqual([lost, doubled, repeatedUnderKey], [0, 0, 1]);
    assert.deepEqual(good.reminders, { due: 1, said: 1 });

    run(`delete from outbox where turn = 't2'; insert into outbox values ('t1')`);
    const bad = account({
      ...traces,
      said: [...traces.said, said('m4', 'words')],
      entries: [...traces.entries, entry('keyed', 'm1', 'b'), entry('once', 'm1')],
    });
    assert.deepEqual([bad.lost, bad.doubled], [2, 3]);
    assert.equal(bad.problems.length, 5);
    const missing = account({ ...traces, entries: [] });
    assert.deepEqual(missing.problems.slice(-2), ['m1: no keyed effect', 'm1: no once effect']);
  });
}
