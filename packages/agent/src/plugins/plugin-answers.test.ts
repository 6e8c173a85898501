import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createShelf } from './manager/fixtures/shelf.ts';
import type { Shelf } from './manager/fixtures/shelf.ts';
import type { PluginManager } from './manager/index.ts';
import { createSecretStore } from './manager/secret-store.ts';
import { createPluginAnswers } from './plugin-answers.ts';
import type { PluginAnswers } from './plugin-answers.ts';
import { PluginMetrics } from './plugin-metrics.ts';

const mail = {
  permissions: { network: ['mail.example.org'] },
  requires: {
    secrets: [
      { name: 'token', description: 'The token.', hosts: ['mail.example.org'] },
      { name: 'extra', description: 'More.', hosts: ['mail.example.org'], optional: true },
    ],
  },
};

async function answering(t: TestContext): Promise<{
  answers: PluginAnswers;
  shelf: Shelf;
  refreshed: () => number;
  opened: () => number;
}> {
  const shelf = await createShelf(t);
  let [refreshed, opened, isAny] = [0, 0, false];
  let manager: PluginManager | undefined;
  const key = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array(32).fill(7));
  const secrets = createSecretStore(join(shelf.directory, 'secrets.json'), key);
  const answers = createPluginAnswers({
    host: { refresh: async () => ((refreshed += 1), new Map()), describe: () => [] },
    open: async () => {
      opened += 1;
      isAny = true;
      return (manager ??= await shelf.open());
    },
    isAny: () => isAny,
    secrets: () => Promise.resolve(secrets),
    metrics: new PluginMetrics(),
  });
  return { answers, shelf, refreshed: () => refreshed, opened: () => opened };
}

async function installMail({
  answers,
  shelf,
}: Awaited<ReturnType<typeof answering>>): Promise<void> {
  await shelf.put('mail', '1.0.0', mail);
  const { id } = await answers['plugin-plan']({ reference: 'mail' });
  await answers['plugin-commit']({ id, consented: true, atOnce: false });
}

test('while nothing was installed the list of it is not even opened', async (t) => {
  const { answers, opened } = await answering(t);
  assert.deepEqual(await answers['plugin-list']({}), []);
  assert.deepEqual(await answers['plugin-verify']({}), []);
  assert.equal(opened(), 0);
});

test('a plugin that was installed is asked for its tools, and listed with rights and secrets', async (t) => {
  const made = await answering(t);
  await installMail(made);
  assert.equal(made.refreshed(), 1);
  const [listed] = await made.answers['plugin-list']({});
  assert.deepEqual(listed?.rights, [
    'connect to mail.example.org',
    'have the secret "token" sent to mail.example.org',
    'have the secret "extra" sent to mail.example.org',
  ]);
  assert.deepEqual(listed.secrets, [
    { name: 'token', required: true, isSet: false },
    { name: 'extra', required: false, isSet: false },
  ]);
  assert.deepEqual(await made.answers['plugin-verify']({}), [{ plugin: 'mail', altered: [] }]);
});

test('only a secret that a plugin declares is kept, and it goes with the plugin', async (t) => {
  const made = await answering(t);
  const { answers } = made;
  await installMail(made);
  const secret = { plugin: 'mail', name: 'token', value: 'canary-value' };
  await assert.rejects(answers['plugin-secret']({ ...secret, plugin: 'x' }), {
    code: 'PLUGIN_UNKNOWN',
  });
  await assert.rejects(answers['plugin-secret']({ ...secret, name: 'x' }), {
    code: 'PLUGIN_STATE',
  });
  await assert.rejects(answers['plugin-secret']({ ...secret, value: 'x' }), {
    code: 'EGRESS_SECRET_MISSING',
  });
  assert.deepEqual(await answers['plugin-secret'](secret), { isSet: true });
  const isSet = async (): Promise<boolean | undefined> =>
    (await answers['plugin-list']({}))[0]?.secrets[0]?.isSet;
  assert.equal(await isSet(), true);
  assert.deepEqual(await answers['plugin-secret']({ plugin: 'mail', name: 'token' }), {
    isSet: false,
  });
  assert.equal(await isSet(), false);
  await answers['plugin-secret'](secret);
  await answers['plugin-remove']({ plugin: 'mail' });
  await installMail(made);
  assert.equal(await isSet(), false);
});

test('a plugin is changed and updated by its name', async (t) => {
  const made = await answering(t);
  const { answers, shelf } = made;
  await installMail(made);
  await shelf.put('mail', '1.1.0', mail);
  const plan = await answers['plugin-plan-update']({ plugin: 'mail' });
  assert.deepEqual([plan.replaces, plan.asks, plan.isInstalled], ['1.0.0', [], false]);
  await answers['plugin-commit']({ id: plan.id, consented: false, atOnce: true });
  const back = await answers['plugin-change']({ plugin: 'mail', change: 'roll-back' });
  assert.equal(back.version, '1.0.0');
  assert.equal((await answers['plugin-plan']({ reference: 'mail' })).isInstalled, false);
  assert.deepEqual(await answers.plugins({}), []);
  assert.match((await answers.metrics({})).text, /^# HELP plugin_calls_total /);
});
