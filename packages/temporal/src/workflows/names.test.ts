import assert from 'node:assert/strict';
import { test } from 'node:test';
import { earlySignal, inputSignal, wakeSignal } from './names.ts';

test('signals keep the names that recorded histories have', () => {
  const names = [inputSignal, wakeSignal, earlySignal].map(({ name }) => name);
  assert.deepEqual(names, ['input', 'wake', 'early']);
});
