import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { carryOut, outcomeLines } from './consent.ts';

const plan = await fakeService().query('plugin-plan', { reference: 'weather' });

test('an update that asks for nothing more is not asked about, even in a terminal', async () => {
  const service = fakeService();
  const context = testContext({ agent: doorTo(service), input: 'n\n' });
  const quiet = { service, plan: { ...plan, asks: [] }, options: {} };
  assert.equal((await carryOut(context, quiet))?.name, 'weather');
  assert.equal(context.error.text(), '');
  assert.equal(await carryOut(context, { ...quiet, plan }), undefined);
  assert.match(context.error.text(), /Allow it\?/);
});

test('a secret that is needed and missing is named with the command for it', async () => {
  const [weather] = await fakeService().query('plugin-list', {});
  assert.ok(weather);
  const secrets = [
    { name: 'token', required: true, isSet: false },
    { name: 'other', required: true, isSet: true },
    { name: 'extra', required: false, isSet: false },
  ];
  const service = fakeService({ queries: { 'plugin-list': [{ ...weather, secrets }] } });
  assert.deepEqual(await outcomeLines(service, weather, plan), [
    'Installed weather 1.0.0.',
    'It needs a secret: `agent plugin secret set weather token`',
  ]);
});
