import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import type { ListedTool } from './connection.ts';
import type { InstalledServer } from './installed.ts';
import { ListedTools } from './listed-tools.ts';

const never = new AbortController().signal;

const server = (name: string): InstalledServer => ({
  kind: 'server',
  name,
  configuration: { enabled: true, trust: true, command: name, arguments: [], environment: {} },
});

const tool = (name: string, description = ''): ListedTool => ({
  name,
  description,
  inputSchema: {},
  annotations: {},
});

async function listing(
  t: TestContext,
  tools: Readonly<Record<string, readonly ListedTool[]>>,
): Promise<{ make: () => ListedTools; asked: string[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'listed-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const asked: string[] = [];
  const make = (): ListedTools =>
    new ListedTools({
      directory,
      fingerprint: (text) => text,
      clock: createFakeClock(),
      processes: {
        connectToList: ({ name }) => {
          asked.push(name);
          const found = tools[name];
          if (found === undefined) return Promise.reject(new Error('there is no program'));
          return Promise.resolve({
            list: () => Promise.resolve({ version: '1.0.0', tools: found }),
            call: () => Promise.resolve({ type: 'oversize' } as const),
            lost: new Promise<string>(() => undefined),
            isLost: false,
            stop: () => Promise.resolve(),
            kill: () => Promise.resolve(),
            log: '',
          });
        },
      },
    });
  return { make, asked };
}

test('what a plugin said is remembered, and one that cannot be asked stops no other', async (t) => {
  const { make, asked } = await listing(t, { one: [tool('a')], two: [tool('b')] });
  const plugins = [server('one'), server('gone'), server('two')];
  const first = make();
  let changes = 0;
  const problems = await first.refresh(
    () => plugins,
    () => (changes += 1),
    never,
  );
  assert.deepEqual([...problems], [['gone', 'there is no program']]);
  assert.deepEqual([changes, first.problemOf('gone')], [2, 'there is no program']);
  assert.deepEqual([...first.read(plugins).keys()], ['one', 'two']);
  const second = make();
  assert.deepEqual(second.read([server('one')]).get('one')?.tools[0]?.name, 'a');
  await second.refresh(
    () => [server('one')],
    () => undefined,
    never,
  );
  assert.deepEqual(asked, ['one', 'gone', 'two']);
});

test('a listing that is too large to be remembered counts while the process lives', async (t) => {
  const { make } = await listing(t, { one: [tool('a', 'x'.repeat(5_000_000))] });
  const listed = make();
  const plugins = [server('one')];
  await listed.refresh(
    () => plugins,
    () => undefined,
    never,
  );
  assert.equal(listed.read(plugins).size, 1);
  assert.equal(make().read(plugins).size, 0);
});
