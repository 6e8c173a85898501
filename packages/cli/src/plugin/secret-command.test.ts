import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { environment, piped, testContext } from '../fixtures/surroundings.ts';
import { secretDelete, secretList, secretSet, setSecret } from './secret-command.ts';

function recording() {
  const asked: unknown[] = [];
  const service = fakeService();
  const plain = service.query;
  service.query = async (name, input) => {
    asked.push(input);
    return plain(name, input);
  };
  return { service, asked };
}

test('a secret comes through a pipe, without the line feed of echo', async () => {
  const { service, asked } = recording();
  const given = { agent: doorTo(service), environment: environment(piped) };
  const context = testContext({ ...given, input: 'canary value\n' });
  assert.equal(await secretSet(context, ['mail', 'token'], {}), 0);
  assert.deepEqual(asked, [{ plugin: 'mail', name: 'token', value: 'canary value' }]);
  assert.ok(!context.output.text().includes('canary'));
  await assert.rejects(secretSet(testContext({ ...given, input: '\n' }), ['mail', 'token'], {}), {
    code: 'OPTION_INVALID',
  });
  const large = testContext({ ...given, input: 'x'.repeat(5_000) });
  await assert.rejects(secretSet(large, ['mail', 'token'], {}), { code: 'INPUT_TOO_LARGE' });
});

test('in a terminal it is asked for and not shown', async () => {
  const { service, asked } = recording();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const context = testContext({ agent: doorTo(service) });
  const done = setSecret(context, ['mail', 'token'], { options: {}, streams: { input, output } });
  let shown = '';
  let isTyped = false;
  output.on('data', (piece: Buffer) => {
    shown += piece.toString();
    if (isTyped || !shown.includes('mail: token')) return;
    isTyped = true;
    setImmediate(() => {
      for (const key of ['canary', '\r']) input.write(key);
    });
  });
  assert.equal(await done, 0);
  assert.deepEqual(asked, [{ plugin: 'mail', name: 'token', value: 'canary' }]);
  assert.ok(!shown.includes('canary'));
});

test('secrets are listed without values, and forgotten by name', async () => {
  const [weather] = await fakeService().query('plugin-list', {});
  assert.ok(weather);
  const secrets = [
    { name: 'token', required: true, isSet: true },
    { name: 'extra', required: false, isSet: false },
  ];
  const service = fakeService({ queries: { 'plugin-list': [{ ...weather, secrets }] } });
  const context = testContext({ agent: doorTo(service) });
  assert.equal(await secretList(context, [], {}), 0);
  assert.deepEqual(context.output.text().split('\n'), [
    'weather  token  set',
    'weather  extra  not set, and not needed',
    '',
  ]);
  assert.equal(await secretDelete(context, ['weather', 'token'], {}), 0);
});
