import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKnownPath, nearestPath, parsePath, unknownKeys } from './configuration-keys.ts';

test('unknown keys are found at every depth, with what was meant', () => {
  const found = unknownKeys({
    bugdet: {},
    budget: { step: 3, steps: 4 },
    models: [{ provider: 'openai', modell: 'x' }],
    plugins: { anything: { comand: 'x', environment: { ANY: 'x' } } },
  });
  assert.deepEqual(
    found.map(({ path, meant }) => `${path.join('.')} -> ${meant ?? '?'}`),
    [
      'bugdet -> budget',
      'budget.step -> steps',
      'models.0.modell -> model',
      'plugins.anything.comand -> command',
    ],
  );
});

test('a key that resembles none has no suggestion', () => {
  assert.deepEqual(unknownKeys({ xyzzy: 1 }), [{ path: ['xyzzy'], meant: undefined }]);
});

test('values that are not sections have no keys', () => {
  assert.deepEqual(unknownKeys(undefined), []);
  assert.deepEqual(unknownKeys('text'), []);
  assert.deepEqual(unknownKeys({ budget: 3, folders: ['a'] }), []);
});

test('a path is known when a value could stand there', () => {
  assert.ok(isKnownPath(parsePath('budget.steps')));
  assert.ok(isKnownPath(parsePath('models.0.url')));
  assert.ok(isKnownPath(parsePath('plugins.my-server.environment.TOKEN')));
  assert.equal(isKnownPath(parsePath('budget.stepz')), false);
  assert.equal(isKnownPath(parsePath('budget.steps.more')), false);
  assert.equal(isKnownPath(['__proto__', 'x']), false);
});

test('a mistyped path finds the nearest known one', () => {
  assert.equal(nearestPath(parsePath('budget.stpes')), 'budget.steps');
  assert.equal(nearestPath(parsePath('persn.timezone')), 'person.timeZone');
});
