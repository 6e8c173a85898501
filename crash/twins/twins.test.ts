import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sabotages } from './sabotages.ts';
import { isNoticed, runTwin, sabotaged } from './twins.ts';

for (const sabotage of sabotages) {
  test(`without "${sabotage.name}" exactly ${sabotage.fails} fails`, async () => {
    const { violated } = await runTwin(sabotage);
    assert.deepEqual([...violated.keys()], [sabotage.fails]);
  });
}

test('a place that is not there, or there twice, ends the twin', () => {
  const sabotage = { name: 'x', file: 'x.ts', from: 'guard', to: '', fails: 'fenced', by: 'store' };
  const twin = sabotage as Parameters<typeof sabotaged>[1];
  assert.throws(() => sabotaged('nothing', twin), /0 times/);
  assert.throws(() => sabotaged('guard guard', twin), /2 times/);
});

test('a twin that fails more than its own assertion is not noticed rightly', () => {
  const [sabotage] = sabotages;
  assert.ok(sabotage);
  const { fails } = sabotage;
  assert.equal(isNoticed({ sabotage, violated: new Map([[fails, 2]]) }), true);
  assert.equal(isNoticed({ sabotage, violated: new Map() }), false);
  const more = new Map([
    [fails, 1],
    ['one-end', 1],
  ]);
  assert.equal(isNoticed({ sabotage, violated: more }), false);
});
