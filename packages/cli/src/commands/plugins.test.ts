import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorTo, fakeService } from '../fixtures/fake-service.ts';
import { testContext } from '../fixtures/surroundings.ts';
import { plugins } from './plugins.ts';

test('each plugin has its tools below it, and a refused one its problem', async () => {
  const list = [
    {
      plugin: 'notes',
      version: '0.1.0',
      tier: 'official',
      state: 'idle',
      tools: [{ tool: 'note_add', description: 'Adds a note.' }],
    },
    {
      plugin: 'x',
      version: '1.0.0',
      tier: 'third-party',
      state: 'refused',
      problem: 'no sandbox',
      tools: [],
    },
  ] as const;
  const context = testContext({ agent: doorTo(fakeService({ queries: { plugins: list } })) });
  assert.equal(await plugins(context, [], {}), 0);
  assert.deepEqual(context.output.text().split('\n'), [
    'notes  0.1.0  official     idle',
    '              note_add     Adds a note.',
    'x      1.0.0  third-party  no sandbox',
    '',
  ]);
});
