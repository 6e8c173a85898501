import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from './fixtures/fake-service.ts';
import { environment, testContext } from './fixtures/surroundings.ts';
import { agrees, canAsk } from './yes-question.ts';

test('only a yes is a yes', async () => {
  const asked = async (typed: string): Promise<boolean> =>
    agrees(testContext({ agent: doorTo(fakeService()), input: typed }), 'Go on?');
  for (const yes of ['y\n', ' YES \n']) assert.equal(await asked(yes), true, yes);
  for (const no of ['', '\n', 'n\n', 'yesterday\n', 'no y\n'])
    assert.equal(await asked(no), false, no);
});

test('nobody is asked without a terminal', () => {
  const streams = { input: true, output: true, error: true, columns: 80 } as const;
  assert.equal(canAsk({ environment: environment({ streams }) }), true);
  const piped = environment({ streams: { ...streams, input: false } });
  assert.equal(canAsk({ environment: piped }), false);
  const built = environment({ streams, variables: { CI: 'true' } });
  assert.equal(canAsk({ environment: built }), false);
});
