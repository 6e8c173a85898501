import assert from 'node:assert/strict';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createShelf, shelfManifest } from './fixtures/shelf.ts';
import type { Shelf } from './fixtures/shelf.ts';
import type { PluginManager } from './manager.ts';

const never = new AbortController().signal;
const yes = { consented: true, atOnce: false };
const atOnce = { consented: true, atOnce: true };

async function add(manager: PluginManager, name: string, how = yes): Promise<void> {
  const { id } = await manager.plan(name, never);
  await manager.commit(id, how);
}

const versions = (shelf: Shelf): readonly string[] =>
  shelf.running().map(({ current, trial }) => {
    const beside = trial === undefined ? '' : `+${trial.release.version}`;
    return `${current.name} ${current.version}${beside}`;
  });

test('a plugin is shown, consented to, run, and there again at the next start', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('calendar', '1.0.0', { permissions: { network: ['api.a.org'] } });
  const manager = await shelf.open();
  const plan = await manager.plan('calendar', never);
  assert.deepEqual([plan.rights, plan.asks], [['connect to api.a.org'], ['connect to api.a.org']]);
  assert.deepEqual(versions(shelf), []);
  await assert.rejects(manager.commit(plan.id, { consented: false, atOnce: false }), {
    code: 'PLUGIN_CONSENT',
  });
  assert.deepEqual(versions(shelf), []);
  await manager.commit(plan.id, yes);
  assert.deepEqual(versions(shelf), ['calendar 1.0.0']);
  await shelf.open();
  assert.deepEqual(versions(shelf), ['calendar 1.0.0']);
});

test('a plugin that asks for nothing needs no yes', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('dice', '1.0.0');
  const manager = await shelf.open();
  const { id, asks } = await manager.plan('dice', never);
  assert.deepEqual(asks, []);
  await manager.commit(id, { consented: false, atOnce: false });
  assert.deepEqual(versions(shelf), ['dice 1.0.0']);
});

test('an update that widens asks for what is new only, and does nothing without a yes', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0', { permissions: { network: ['a.org'] } });
  const manager = await shelf.open();
  await add(manager, 'mail');
  await shelf.put('mail', '2.0.0', { permissions: { network: ['a.org', 'b.org'] } });
  const plan = await manager.planUpdate('mail', never);
  assert.deepEqual([plan.replaces, plan.asks], ['1.0.0', ['connect to b.org']]);
  await assert.rejects(manager.commit(plan.id, { consented: false, atOnce: true }), {
    code: 'PLUGIN_CONSENT',
  });
  assert.deepEqual(versions(shelf), ['mail 1.0.0']);
});

test('an update is tried beside the current release, and takes over by its calls', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  await shelf.put('mail', '2.0.0');
  await add(manager, 'mail');
  assert.deepEqual(versions(shelf), ['mail 1.0.0+2.0.0']);
  const trial = shelf.running()[0]?.trial?.release.digest ?? '';
  await manager.count('mail', trial, { calls: 29, failures: 0 });
  assert.deepEqual(versions(shelf), ['mail 1.0.0+2.0.0']);
  const next = await shelf.open();
  await next.count('mail', trial, { calls: 1, failures: 0 });
  assert.deepEqual(versions(shelf), ['mail 2.0.0']);
  assert.deepEqual(
    shelf.events.map(({ name, version }) => `${name} ${version}`),
    ['plugin-install 1.0.0', 'canary-start 2.0.0', 'canary-end 2.0.0'],
  );
});

test('a worse release is taken back by its calls, and its code goes with the next change', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  await shelf.put('mail', '2.0.0');
  await add(manager, 'mail');
  const { current, trial } = shelf.running()[0] ?? {};
  await manager.count('mail', current?.digest ?? '', { calls: 40, failures: 0 });
  await manager.count('mail', trial?.release.digest ?? '', { calls: 5, failures: 4 });
  assert.deepEqual(versions(shelf), ['mail 1.0.0']);
  assert.match(shelf.events.at(-1)?.reason ?? '', /roll-back: 4 of 5 calls failed/);
  await shelf.put('mail', '3.0.0');
  await add(manager, 'mail', atOnce);
  assert.equal((await readdir(join(shelf.directory, 'plugin-code'))).length, 2);
});

test('a release that keeps crashing is left for the one before, and not returned to', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  const first = shelf.running()[0]?.current.digest ?? '';
  assert.equal(await manager.crashed('mail', first, 'exit code 1'), false);
  await shelf.put('mail', '2.0.0');
  await add(manager, 'mail', atOnce);
  const second = shelf.running()[0]?.current.digest ?? '';
  assert.equal(await manager.crashed('mail', second, 'exit code 1'), true);
  assert.deepEqual(versions(shelf), ['mail 1.0.0']);
  assert.equal(await manager.crashed('mail', second, 'exit code 1'), false);
  assert.match(manager.list()[0]?.previous[0]?.reason ?? '', /kept crashing: exit code 1/);
});

test('disabled and removed plugins do not run, and removing takes the code along', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  await manager.change('mail', 'disable');
  assert.deepEqual(versions(shelf), []);
  await manager.change('mail', 'enable');
  assert.deepEqual(versions(shelf), ['mail 1.0.0']);
  await manager.remove('mail');
  assert.deepEqual(versions(shelf), []);
  assert.deepEqual(await readdir(join(shelf.directory, 'plugin-code')), []);
  await assert.rejects(manager.remove('mail'), { code: 'PLUGIN_UNKNOWN' });
});

test('a pinned plugin is not updated', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  await manager.change('mail', 'pin');
  await assert.rejects(manager.planUpdate('mail', never), { code: 'PLUGIN_STATE' });
});

test('a plan is for the release that it was made against', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  const early = await manager.plan('mail', never);
  await add(manager, 'mail');
  await assert.rejects(manager.commit(early.id, yes), { code: 'PLUGIN_STATE' });
  await assert.rejects(manager.commit('no-such-plan', yes), { code: 'PLUGIN_STATE' });
});

test('what does not fit is refused with the names, before anybody is asked', async (t) => {
  const shelf = await createShelf(t);
  const service = { name: 'calendar', version: '1.0.0', operations: {} };
  await shelf.put('home', '1.0.0', { provides: { services: [service] } });
  const needs = { requires: { services: [{ name: 'calendar', version: '^1' }] } };
  await shelf.put('planner', '1.0.0', needs);
  const manager = await shelf.open();
  await assert.rejects(manager.plan('planner', never), /no installed plugin provides calendar/);
  await add(manager, 'home');
  await add(manager, 'planner');
  await assert.rejects(manager.remove('home'), /planner does not fit: without home/);
  await manager.remove('planner');
  await manager.remove('home');
});

test('a plugin takes the place of an official one only after a yes, and gives it back', async (t) => {
  const shelf = await createShelf(t);
  const service = { name: 'calendar', version: '1.0.0', operations: {} };
  const official = shelfManifest('calendar', '0.1.0', { provides: { services: [service] } });
  const writing = { permissions: { files: { write: ['folders'] } } };
  const manager = await shelf.open([official, shelfManifest('files', '0.1.0', writing)]);
  await shelf.put('calendar', '1.0.0', { provides: { services: [service] } });
  await shelf.put('planner', '1.0.0', {
    requires: { services: [{ name: 'calendar', version: '^1' }] },
  });
  await add(manager, 'planner');
  const { id, asks } = await manager.plan('calendar', never);
  assert.deepEqual(asks, [
    'take the place of the official plugin calendar, whose data it does not get',
  ]);
  await assert.rejects(manager.commit(id, { consented: false, atOnce: false }), {
    code: 'PLUGIN_CONSENT',
  });
  await manager.commit(id, yes);
  await manager.remove('calendar');
  await shelf.put('calendar', '2.0.0');
  await assert.rejects(manager.plan('calendar', never), /planner does not fit/);
  await shelf.put('files', '1.0.0');
  await assert.rejects(manager.plan('files', never), /touches files or programs/);
});

test('altered code is found, and a lockfile that allows too little stops only its plugin', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0', { permissions: { network: ['a.org'] } });
  await shelf.put('dice', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  await add(manager, 'dice');
  assert.deepEqual(
    [...(await manager.verify())],
    [
      ['dice', []],
      ['mail', []],
    ],
  );
  const lockfile = join(shelf.directory, 'plugins.lock.json');
  await writeFile(lockfile, (await readFile(lockfile, 'utf8')).replace('"a.org"', ''));
  await shelf.open();
  assert.deepEqual(versions(shelf), ['dice 1.0.0']);
  assert.match(shelf.refused()[0]?.problem ?? '', /connect to a\.org/);
  const digest = manager.list().find(({ name }) => name === 'dice')?.digest ?? '';
  await rm(join(shelf.directory, 'plugin-code', digest), { recursive: true });
  assert.deepEqual((await manager.verify()).get('dice'), [digest]);
});

test('what cannot be fetched leaves everything as it was', async (t) => {
  const shelf = await createShelf(t);
  const manager = await shelf.open();
  await assert.rejects(manager.plan('nothing', never), { code: 'PLUGIN_SOURCE' });
  assert.deepEqual(manager.list(), []);
});

test('a withdrawn release is not run, until another takes its place at once', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  const [installed] = manager.list();
  await manager.withdraw('mail', 'another', 'it leaked');
  assert.deepEqual(versions(shelf), ['mail 1.0.0']);
  await manager.withdraw('mail', installed?.digest ?? '', 'it leaked');
  assert.deepEqual(versions(shelf), []);
  assert.equal((await shelf.open()).list()[0]?.withdrawn, 'it leaked');
  assert.deepEqual(versions(shelf), []);
  await shelf.put('mail', '1.0.1');
  await add(manager, 'mail');
  assert.deepEqual(versions(shelf), ['mail 1.0.1']);
  assert.equal(manager.list()[0]?.withdrawn, undefined);
});

test('a withdrawn trial is over, and the current release goes on', async (t) => {
  const shelf = await createShelf(t);
  await shelf.put('mail', '1.0.0');
  const manager = await shelf.open();
  await add(manager, 'mail');
  await shelf.put('mail', '2.0.0');
  await add(manager, 'mail');
  assert.deepEqual(versions(shelf), ['mail 1.0.0+2.0.0']);
  await manager.withdraw('mail', manager.list()[0]?.canary?.digest ?? '', 'it leaked');
  assert.deepEqual(versions(shelf), ['mail 1.0.0']);
});

test("a publisher's key is pinned: another one, or none, is refused without a yes", async (t) => {
  const shelf = await createShelf(t);
  const [first, second] = ['1'.repeat(64), '2'.repeat(64)];
  await shelf.put('mail', '1.0.0');
  shelf.signAs(first);
  await add(await shelf.open(), 'mail');
  const manager = await shelf.open();
  assert.equal(manager.list()[0]?.consent.publisher, first);
  const noYes = { consented: false, atOnce: true };
  await shelf.put('mail', '1.0.1');
  for (const key of [second, undefined]) {
    shelf.signAs(key);
    const plan = await manager.planUpdate('mail', never);
    assert.equal(plan.asks.length, 1);
    await assert.rejects(manager.commit(plan.id, noYes), { code: 'PLUGIN_CONSENT' });
  }
  shelf.signAs(first);
  const same = await manager.planUpdate('mail', never);
  await manager.commit(same.id, noYes);
  shelf.signAs(second);
  await shelf.put('mail', '1.0.2');
  const plan = await manager.planUpdate('mail', never);
  await manager.commit(plan.id, atOnce);
  assert.equal(manager.list()[0]?.consent.publisher, second);
});
