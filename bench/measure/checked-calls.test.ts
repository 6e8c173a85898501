import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standIn } from '../fixtures/options.ts';
import { callChecked } from './checked-calls.ts';
import { makeSurroundings } from './surroundings.ts';

test('one model call for each turn of each caller, and for each direct call', async (context) => {
  const surroundings = await makeSurroundings('test', standIn('usual'));
  assert.ok(surroundings);
  context.after(() => surroundings.end());
  const { endpoint } = await surroundings.serve();
  const plan = { endpoint, turns: 2, text: 'hi', user: 'ann', direct: surroundings.model };
  const times = await callChecked(surroundings, { ...plan, callers: 3 });
  assert.deepEqual([times.endpoint.length, times.direct.length], [6, 6]);
});

test('turns that skip the model are refused', async (context) => {
  const surroundings = await makeSurroundings('test', standIn('idle'));
  assert.ok(surroundings);
  context.after(() => surroundings.end());
  const { endpoint } = await surroundings.serve();
  const calling = callChecked(surroundings, { endpoint, turns: 2, text: 'hi', user: 'ann' });
  await assert.rejects(calling, /0 model calls where 2 were expected/);
});
