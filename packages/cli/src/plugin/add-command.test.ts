import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import type { InstallPlan } from '@opencomputer/contracts/internal';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, piped, testContext } from '../fixtures/surroundings.ts';
import type { TestContext } from '../fixtures/surroundings.ts';
import { pluginAdd } from './add-command.ts';

const weather = await fakeService().query('plugin-plan', { reference: 'weather' });

function planned(asks: readonly string[] = weather.asks): InstallPlan {
  return { ...weather, asks, rights: asks };
}

interface Asked {
  readonly name: string;
  readonly input: unknown;
}

function contextOf(given: { typed?: string; isPiped?: boolean; asks?: readonly string[] }): {
  context: TestContext;
  asked: Asked[];
} {
  const { typed = '', isPiped = false, asks } = given;
  const asked: Asked[] = [];
  const plan = planned(asks);
  const service = fakeService({ queries: { 'plugin-plan': plan } });
  const plain = service.query;
  service.query = async (name, input) => {
    asked.push({ name, input });
    return plain(name, input);
  };
  const context = testContext({
    agent: doorTo(service),
    input: typed,
    ...(isPiped && { environment: environment(piped) }),
  });
  return { context, asked };
}

const commits = (asked: readonly Asked[]): readonly unknown[] =>
  asked.filter(({ name }) => name === 'plugin-commit').map(({ input }) => input);

test('what a plugin may do is shown before the question, and a yes installs it', async () => {
  const { context, asked } = contextOf({ typed: 'y\n' });
  assert.equal(await pluginAdd(context, ['./weather'], {}), 0);
  assert.deepEqual(asked[0], { name: 'plugin-plan', input: { reference: '/srv/work/weather' } });
  assert.match(context.output.text(), /It wants to:\n {2}connect to api\.example\.org\nInstalled/);
  assert.match(context.error.text(), /Install\? \[y\/N\]/);
  assert.deepEqual(commits(asked), [{ id: 'plan-1', consented: true, atOnce: false }]);
});

test('anything but a yes changes nothing', async () => {
  const { context, asked } = contextOf({ typed: '\n' });
  assert.equal(await pluginAdd(context, ['./weather'], {}), 3);
  assert.deepEqual(commits(asked), []);
});

test('without a terminal only what asks for nothing is installed without --yes', async () => {
  const asking = contextOf({ isPiped: true });
  await assert.rejects(pluginAdd(asking.context, ['./weather'], {}), (error) =>
    isAgentError(error, 'PLUGIN_CONSENT'),
  );
  assert.deepEqual(commits(asking.asked), []);
  const quiet = contextOf({ isPiped: true, asks: [] });
  assert.equal(await pluginAdd(quiet.context, ['./weather'], {}), 0);
  const told = contextOf({ isPiped: true });
  assert.equal(await pluginAdd(told.context, ['./weather'], { yes: true, now: true }), 0);
  assert.deepEqual(commits(told.asked), [{ id: 'plan-1', consented: true, atOnce: true }]);
});

test('with --json the output is the result alone', async () => {
  const { context } = contextOf({});
  assert.equal(await pluginAdd(context, ['./weather'], { json: true, yes: true }), 0);
  const { installed } = JSON.parse(context.output.text()) as { installed: { name: string } };
  assert.equal(installed.name, 'weather');
});
