import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { context } from './context.ts';

const sections = [
  { name: 'system prompt', characters: 1_600, tokens: 400, text: 'You are.' },
  { name: 'message', characters: 8, tokens: 2, text: 'hi' },
];
const agent = doorTo(fakeService({ queries: { context: sections } }));

test('the sections add up', async () => {
  const surroundings = testContext({ agent });
  await context(surroundings, [], {});
  assert.deepEqual(surroundings.output.text().split('\n'), [
    'tokens  characters  section',
    '   400       1,600  system prompt',
    '     2           8  message',
    '   402       1,608  together',
    '',
  ]);
});

test('the text of each section can be read', async () => {
  const surroundings = testContext({ agent });
  await context(surroundings, [], { text: true });
  assert.match(surroundings.output.text(), /^# system prompt\nYou are\.\n\n# message\nhi\n/);
});
