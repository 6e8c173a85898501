import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { configuration } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import { readParts, startModelServer } from '@opencomputer/testkit';
import type { ScriptedToolCall } from '@opencomputer/testkit';
import { restoreBackup } from './maintenance.ts';
import { openAgent } from './server.ts';

const key = {
  salt: Buffer.alloc(16, 1).toString('base64'),
  key: Buffer.alloc(32, 2).toString('base64'),
};
const dayMs = 86_400_000;

interface Bench {
  readonly folder: string;
  open(directory: string, reports?: string[]): Promise<AgentService>;
  /** Has the model call a tool of the tasks; gives the times in what it answered. */
  call(agent: AgentService, name: string, input: object): Promise<readonly string[]>;
}

async function makeBench(context: TestContext): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'restored-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  let waiting: ScriptedToolCall[] = [];
  const server = await startModelServer(() => {
    const toolCalls = waiting;
    waiting = [];
    return toolCalls.length > 0 ? { toolCalls } : { text: 'Done.' };
  });
  context.after(() => server.close());
  let messages = 0;
  return {
    folder,
    open: (directory, reports = []) =>
      openAgent({
        directory,
        environment: { PATH: env['PATH'], OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'test-1' },
        configuration: configuration.parse({ policy: { allow: ['tasks/tasks_add'] } }),
        pluginDirectory: join(import.meta.dirname, '../../../plugins'),
        report: (error, about) => reports.push(`${about}: ${String(error)}`),
      }),
    call: async (agent, name, input) => {
      waiting = [{ name, arguments: { ...input } }];
      messages += 1;
      const parts = await readParts(
        agent.send({
          channel: 'test',
          channelMessageId: `m${messages}`,
          person: 'owner',
          assurance: 'local',
          text: 'go',
          timeZone: 'UTC',
          interactive: false,
          stream: true,
          modelOnly: true,
        }),
      );
      return parts.flatMap((part) => {
        if (part.type !== 'tool-end' || part.outcome.status !== 'done') return [];
        const { items = [] } = (part.outcome.data ?? {}) as { items?: readonly { at: string }[] };
        return items.map(({ at }) => new Date(at).toISOString());
      });
    },
  };
}

/** A reminder of its own minute, some days from now, so that each can be told from the others. */
function reminder(number: number): object {
  const at = Math.ceil(Date.now() / dayMs) * dayMs + dayMs + number * 60_000;
  return { text: `water plant ${number}`, at: new Date(at).toISOString() };
}

/** When the timers of a closed store are due, and when the reminders that its plugin keeps are. */
async function both(
  { open, call }: Bench,
  directory: string,
): Promise<{ timers: string[]; reminders: string[] }> {
  const agent = await open(directory);
  const reminders = await call(agent, 'tasks_list', { kind: 'reminders' });
  await agent.stop();
  const file = new DatabaseSync(join(directory, 'store.sqlite'), { readOnly: true });
  const rows = file.prepare('select at from timers order by at').all();
  file.close();
  return {
    timers: rows.map((row) => new Date(Number(row['at'])).toISOString()),
    reminders: reminders.toSorted(),
  };
}

test('reminders that were set while a backup was made have each its one timer after a restore', async (context) => {
  const bench = await makeBench(context);
  const { folder, open, call } = bench;
  const agent = await open(join(folder, 'data'));
  let number = 0;
  const files = ['a', 'b', 'c'].map((name) => join(folder, `${name}.backup`));
  for (const path of files) {
    let isMade = false;
    await call(agent, 'tasks_add', reminder(number++));
    const made = agent.query('backup', { path, key }).then(() => (isMade = true));
    while (!isMade) await call(agent, 'tasks_add', reminder(number++));
    await made;
  }
  await agent.stop();
  for (const file of files) {
    const directory = join(folder, `${file}.data`);
    await restoreBackup({ file, key, directory, replace: false });
    const { timers, reminders } = await both(bench, directory);
    assert.ok(reminders.length > 0);
    assert.deepEqual(timers, reminders);
    assert.equal(existsSync(join(directory, 'restored.json')), false);
  }
});

test('a timer that is missing is set, one whose reminder is gone is not, and what is overdue is silent', async (context) => {
  const bench = await makeBench(context);
  const { open, call } = bench;
  const directory = join(bench.folder, 'data');
  const agent = await open(directory);
  for (const number of [1, 2, 3]) await call(agent, 'tasks_add', reminder(number));
  await agent.stop();
  const file = new DatabaseSync(join(directory, 'store.sqlite'));
  file.exec(`delete from timers where rowid = 1;
    insert into timers select 'of nothing', person, plugin, conversation, at + 1, payload
      from timers where rowid = 2;
    insert into timers select 'of another', person, 'calendar', conversation, at + 2, payload
      from timers where rowid = 2`);
  file.close();
  writeFileSync(join(directory, 'restored.json'), '{"createdAt":0,"restoredAt":1}');
  const { timers, reminders } = await both(bench, directory);
  assert.equal(reminders.length, 3);
  const own = timers.filter((at) => !at.endsWith('.002Z'));
  assert.deepEqual(own, reminders);
  assert.equal(timers.length, 4);

  const emptied = new DatabaseSync(join(directory, 'store.sqlite'));
  emptied.exec('delete from timers');
  emptied.close();
  const mark = { createdAt: 0, restoredAt: Date.now() + 100 * dayMs };
  writeFileSync(join(directory, 'restored.json'), JSON.stringify(mark));
  const reports: string[] = [];
  await (await open(directory, reports)).stop();
  assert.deepEqual(reports, ['restore: Error: 3 more reminders were missed']);
});

test('a plugin that cannot say leaves the mark, so that it is asked at the next start', async (context) => {
  const { folder, open, call } = await makeBench(context);
  const directory = join(folder, 'data');
  const agent = await open(directory);
  await call(agent, 'tasks_add', reminder(1));
  await agent.stop();
  const plugins = join(directory, 'plugins');
  for (const file of globSync(join(plugins, 'tasks', '*', '*'))) writeFileSync(file, 'altered');
  writeFileSync(join(directory, 'restored.json'), '{"createdAt":0,"restoredAt":1}');
  const reports: string[] = [];
  await (await open(directory, reports)).stop();
  assert.match(reports.join('\n'), /^timers after the restore: /);
  assert.ok(existsSync(join(directory, 'restored.json')));
});
