import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueryName } from '@opencomputer/contracts/internal';
import { doorTo, failure, fakeService } from '../fixtures/fake-service.ts';
import type { FakeOptions } from '../fixtures/fake-service.ts';
import { environment, piped, testContext } from '../fixtures/surroundings.ts';
import { pluginUpdate } from './update-command.ts';

const plan = await fakeService().query('plugin-plan-update', { plugin: 'weather' });
const [listed] = await fakeService().query('plugin-list', {});

function contextOf(queries: FakeOptions['queries'], broken?: QueryName) {
  const service = fakeService({ ...(queries && { queries }) });
  const plain = service.query;
  service.query = async (name, input) => {
    if (name === broken) throw failure('PLUGIN_SOURCE', { reference: 'weather', problem: 'gone' });
    return plain(name, input);
  };
  return testContext({ agent: doorTo(service), environment: environment(piped) });
}

test('an update that asks for nothing more needs no terminal', async () => {
  const context = contextOf({});
  assert.equal(await pluginUpdate(context, ['weather'], {}), 0);
  assert.match(context.output.text(), /^weather 1\.0\.0 → 1\.1\.0\nUpdated weather\.\n$/);
});

test('what it adds is shown and needs a yes', async () => {
  const context = contextOf({ 'plugin-plan-update': { ...plan, asks: ['connect to b.org'] } });
  await assert.rejects(pluginUpdate(context, ['weather'], {}), { code: 'PLUGIN_CONSENT' });
  assert.match(context.output.text(), /It asks for more:\n {2}connect to b\.org\n/);
});

test('a version on trial, and the newest one, are told as such', async () => {
  const locked = await fakeService().query('plugin-commit', {
    id: '1',
    consented: true,
    atOnce: false,
  });
  const counts = { canary: { calls: 0, failures: 0 }, current: { calls: 0, failures: 0 } };
  const canary = { ...locked, version: '1.1.0', share: 0.2, startedAt: 0, counts };
  const trial = contextOf({ 'plugin-commit': { ...locked, canary } });
  await pluginUpdate(trial, ['weather'], {});
  assert.match(trial.output.text(), /weather 1\.1\.0 is on trial: it gets 20 % of the calls/);
  const same = contextOf({ 'plugin-plan-update': { ...plan, isInstalled: true } });
  await pluginUpdate(same, ['weather'], {});
  assert.equal(same.output.text(), 'weather 1.1.0 is the newest there is.\n');
});

test('with --all a pinned one is left alone and one that fails is told', async () => {
  assert.ok(listed);
  const all = [{ ...listed, name: 'old', pinned: true }, listed];
  const context = contextOf({ 'plugin-list': all }, 'plugin-plan-update');
  assert.equal(await pluginUpdate(context, [], { all: true }), 1);
  assert.equal(context.output.text(), 'old is pinned.\n');
  assert.match(context.error.text(), /^weather: weather cannot be had: gone/);
  await assert.rejects(pluginUpdate(context, [], {}), { code: 'OPTION_INVALID' });
  await assert.rejects(pluginUpdate(context, ['x'], { all: true }), { code: 'OPTION_INVALID' });
});
