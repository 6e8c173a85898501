import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import type { FakeOptions } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import type { TestContext } from '../fixtures/surroundings.ts';
import { pluginInfo, pluginList, pluginVerify } from './list-command.ts';

const [weather] = await fakeService().query('plugin-list', {});
assert.ok(weather);

function contextOf(queries: NonNullable<FakeOptions['queries']> = {}): TestContext {
  return testContext({ agent: doorTo(fakeService({ queries })) });
}

test('the list says the state of each plugin', async () => {
  const context = contextOf({
    'plugin-list': [weather, { ...weather, name: 'x', enabled: false, pinned: true }],
  });
  assert.equal(await pluginList(context, [], {}), 0);
  assert.deepEqual(context.output.text().split('\n'), [
    'weather  1.0.0  local  on           /plugins/weather',
    'x        1.0.0  local  off, pinned  /plugins/weather',
    '',
  ]);
  const none = contextOf({ 'plugin-list': [] });
  await pluginList(none, [], {});
  assert.match(none.output.text(), /^No plugin was installed/);
});

test('one plugin is shown with its rights, secrets and earlier versions', async () => {
  const secrets = [{ name: 'token', required: true, isSet: false }];
  const past = { ...weather, version: '0.9.0', replacedAt: 0, reason: 'an update' };
  const context = contextOf({ 'plugin-list': [{ ...weather, secrets, previous: [past] }] });
  assert.equal(await pluginInfo(context, ['weather'], {}), 0);
  const text = context.output.text();
  for (const part of ['  connect to api.example.org', '  token: missing', '  0.9.0, until ']) {
    assert.ok(text.includes(part), part);
  }
  await assert.rejects(pluginInfo(context, ['nobody'], {}), { code: 'PLUGIN_UNKNOWN' });
});

test('code that was altered is told, and the exit code says so', async () => {
  assert.equal(await pluginVerify(contextOf(), [], {}), 0);
  const altered = ['a'.repeat(64)];
  const context = contextOf({ 'plugin-verify': [{ plugin: 'weather', altered }] });
  assert.equal(await pluginVerify(context, [], {}), 1);
  assert.equal(context.output.text(), 'weather: ALTERED (aaaaaaaaaaaa)\n');
  const json = contextOf({ 'plugin-verify': [{ plugin: 'weather', altered }] });
  assert.equal(await pluginVerify(json, [], { json: true }), 1);
  assert.deepEqual(JSON.parse(json.output.text()), [{ plugin: 'weather', altered }]);
});
