import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { errorTable } from '@opencomputer/contracts';
import { endOf, requirement } from '@opencomputer/testkit';
import { temporaryFolder } from './fixtures/open-agent.ts';
import { answerTo, run, serveDaemon } from './fixtures/program.ts';
import type { Start } from './fixtures/program.ts';

const reminder = (name: string): string => `remind me tomorrow at 9 to call ${name}`;

function tool(program: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** Every refusal says a code of the table, on a line for people or as JSON for programs. */
function assertRefused(said: string): void {
  const words = said.match(/[A-Z_]{2,}/g) ?? [];
  assert.ok(
    words.some((word) => Object.hasOwn(errorTable, word)),
    said,
  );
}

/** One connection that stays open: what needs no new descriptor can still ask over it. */
function keptConnection(context: TestContext): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  return agent;
}

const namesIn = (listed: string): string[] =>
  [...listed.matchAll(/call (\w+)/g)].map(([, name = '']) => name).toSorted();

for (const files of [26, 40]) {
  test(`with ${files} open files allowed a question is refused whole or answered`, async (context) => {
    const home = temporaryFolder(context);
    const through = ['sh', '-c', `ulimit -n ${files} && exec "$0" "$@"`];
    const { code, error } = await run(['run', reminder('Bob')], { home, through });
    if (code !== 0) assertRefused(error);
    const listed = endOf(await answerTo('what are my reminders', { home })).text;
    assert.deepEqual(namesIn(listed), code === 0 ? ['Bob'] : []);
  });
}

const unshare = requirement('namespaces');

// `prlimit` and `nsenter` come with `unshare`.
if (unshare !== undefined) {
  test('a daemon out of files refuses, keeps nothing half, and works again by itself', async (context) => {
    const daemon = await serveDaemon(context, { home: temporaryFolder(context) });
    const agent = keptConnection(context);
    assert.equal((await daemon.send(reminder('Anna'), agent)).status, 200);
    tool('prlimit', '--pid', `${daemon.processId}`, '--nofile=3:');
    for (const text of [reminder('Bob'), 'what is on my calendar tomorrow', reminder('Dora')]) {
      const { status, body } = await daemon.send(text, agent);
      assert.ok(status >= 500, body);
      assertRefused(body);
    }
    tool('prlimit', '--pid', `${daemon.processId}`, '--nofile=4096:');
    assert.equal((await daemon.send(reminder('Emil'))).status, 200, 'at once');
    const { body } = await daemon.send('what are my reminders', agent);
    assert.deepEqual(namesIn(body), ['Anna', 'Emil']);
  });
}

/** How a folder is made read-only for a program that starts, and the program started in it. */
function readOnlyStart(home: string): { start: Start; end: () => void } {
  const data = join(home, 'data');
  if (unshare !== undefined) {
    const mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro,nosuid,nodev "$0"';
    const through = [unshare, '-Urm', 'sh', '-ec', `${mount}; exec "$@"`, data];
    return { start: { home, through }, end: () => undefined };
  }
  chmodSync(data, 0o500);
  chmodSync(join(data, 'store.sqlite'), 0o400);
  return {
    start: { home },
    end: () => {
      chmodSync(data, 0o700);
      chmodSync(join(data, 'store.sqlite'), 0o600);
    },
  };
}

test('a start on a read-only disk is refused with its reason, and the next one works', async (context) => {
  const home = temporaryFolder(context);
  assert.equal((await run(['run', reminder('Anna')], { home })).code, 0);
  const { start, end } = readOnlyStart(home);
  const { code, error } = await run(['run', reminder('Bob')], start);
  end();
  assert.notEqual(code, 0);
  assertRefused(error);
  const listed = endOf(await answerTo('what are my reminders', { home })).text;
  assert.deepEqual(namesIn(listed), ['Anna']);
});

if (unshare !== undefined) {
  test('a daemon whose disk became read-only refuses, and works again by itself', async (context) => {
    const home = temporaryFolder(context);
    const data = join(home, 'data');
    const daemon = await serveDaemon(context, { home, through: [unshare, '-Urm'] });
    const enter = ['-t', `${daemon.processId}`, '-U', '-m', '--preserve-credentials'];
    const inside = (...words: readonly string[]): void => tool('nsenter', ...enter, ...words);
    assert.equal((await daemon.send(reminder('Anna'))).status, 200);
    inside('mount', '--bind', data, data);
    inside('mount', '-o', 'remount,bind,ro,nosuid,nodev', data);
    for (const name of ['Bob', 'Carl']) {
      const { status, body } = await daemon.send(reminder(name));
      assert.ok(status >= 500, body);
      assertRefused(body);
    }
    inside('umount', data);
    assert.equal((await daemon.send(reminder('Emil'))).status, 200, 'at once');
    assert.deepEqual(namesIn((await daemon.send('what are my reminders')).body), ['Anna', 'Emil']);
  });
}
