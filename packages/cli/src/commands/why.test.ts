import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { why } from './why.ts';

test('each step is a line with the time since the first', async () => {
  const steps = [
    { at: 1_000, name: 'turn-start', text: 'it\u001b[2J began', data: null },
    { at: 1_300, name: 'tool-finish', text: 'it ended', data: null },
  ];
  const context = testContext({ agent: doorTo(fakeService({ queries: { why: steps } })) });
  assert.equal(await why(context, [], {}), 0);
  assert.equal(
    context.output.text(),
    '  +0.0 s  turn-start  it began\n  +0.3 s  tool-finish  it ended\n',
  );
});

test('no turn yet is said', async () => {
  const context = testContext({ agent: doorTo(fakeService({ queries: { why: [] } })) });
  await why(context, [], {});
  assert.equal(context.output.text(), 'There is no turn yet.\n');
});
