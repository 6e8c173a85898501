import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { configuration } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import { openAgent } from './server.ts';

const pluginDirectory = join(import.meta.dirname, '../../../plugins');

interface Home {
  readonly data: string;
  readonly reports: string[];
  open(): Promise<AgentService>;
  /** Writes a plugin of skills, which has no code. */
  skill(name: string): Promise<string>;
}

async function home(t: TestContext): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'extensions-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const [data, reports] = [join(directory, 'data'), [] as string[]];
  return {
    data,
    reports,
    open: () =>
      openAgent({
        directory: data,
        environment: { PATH: env['PATH'], HOME: directory },
        configuration: configuration.parse({}),
        pluginDirectory,
        report: (error, about) => reports.push(`${about}: ${String(error)}`),
      }),
    skill: async (name) => {
      const folder = join(directory, name);
      await mkdir(folder);
      const text = `---\nname: ${name}\ndescription: Says ${name}.\n---\nHi.\n`;
      await writeFile(join(folder, 'SKILL.md'), text);
      return folder;
    },
  };
}

async function install(agent: AgentService, reference: string): Promise<void> {
  const { id } = await agent.query('plugin-plan', { reference });
  await agent.query('plugin-commit', { id, consented: true, atOnce: false });
}

test('what was installed is there again at the next start, and what never was costs no file', async (t) => {
  const { data, open, skill, reports } = await home(t);
  const first = await open();
  assert.deepEqual(await first.query('plugin-list', {}), []);
  assert.equal(existsSync(join(data, 'plugins.lock.json')), false);
  await install(first, await skill('hello'));
  await first.stop();
  const second = await open();
  t.after(() => second.stop());
  const found = (await second.query('plugins', {})).find(({ plugin }) => plugin === 'hello');
  assert.equal(found?.state, 'idle');
  assert.deepEqual(
    (await second.query('plugin-list', {})).map(({ name }) => name),
    ['hello'],
  );
  assert.deepEqual(reports, []);
});

test('a name of a part of the agent is not to be had, that of an official plugin after a yes', async (t) => {
  const { open, skill } = await home(t);
  const agent = await open();
  t.after(() => agent.stop());
  for (const name of ['memory', 'assistant', 'files']) {
    const taken = agent.query('plugin-plan', { reference: await skill(name) });
    await assert.rejects(taken, { code: 'PLUGIN_CONFLICT' });
  }
  const { asks } = await agent.query('plugin-plan', { reference: await skill('notes') });
  assert.match(asks.join(), /take the place of the official plugin notes/);
});

test('a damaged list of plugins is told of, stops no start, and is not written over', async (t) => {
  const { data, open, skill, reports } = await home(t);
  const reference = await skill('hello');
  const before = await open();
  await install(before, reference);
  await before.stop();
  await writeFile(join(data, 'plugins.lock.json'), '{"version": 1, "plug');
  const agent = await open();
  t.after(() => agent.stop());
  assert.match(reports.join(), /plugins\.lock\.json is damaged/);
  assert.ok((await agent.query('plugins', {})).some(({ plugin }) => plugin === 'notes'));
  await assert.rejects(agent.query('plugin-list', {}), { code: 'PLUGIN_LOCKFILE' });
  await assert.rejects(agent.query('plugin-plan', { reference }), { code: 'PLUGIN_LOCKFILE' });
});
