import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intentDeclaration } from './intent-declaration.ts';

const examples = ['one', 'two', 'three', 'four', 'five'];

test('an intent has a tool, at least five examples, and slots with a known type', () => {
  const intent = { name: 'note.create', tool: 'note_create', description: 'Keep a note', examples };
  assert.equal(intentDeclaration.parse(intent).when, 'always');
  assert.equal(intentDeclaration.safeParse({ ...intent, examples: ['one'] }).success, false);
  const slots = { about: { type: 'mood' } };
  assert.equal(intentDeclaration.safeParse({ ...intent, slots }).success, false);
});
