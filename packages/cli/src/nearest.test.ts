import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const commands = ['run', 'sessions', 'doctor', 'config', 'context', 'completion'];

test('a slip of the fingers finds the name that was meant', () => {
  assert.equal(nearest('sesions', commands), 'sessions');
  assert.equal(nearest('doctro', commands), 'doctor');
  assert.equal(nearest('cofnig', commands), 'config');
  assert.equal(nearest('RUN', commands), 'run');
  assert.equal(nearest('rnu', commands), 'run');
});

test('what resembles nothing gets no suggestion', () => {
  assert.equal(nearest('weather', commands), undefined);
  assert.equal(nearest('xyz', commands), undefined);
  assert.equal(nearest('a'.repeat(10_000), commands), undefined);
  assert.equal(nearest('run', []), undefined);
});
