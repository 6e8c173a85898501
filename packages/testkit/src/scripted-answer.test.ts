import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeAnswer } from './scripted-answer.ts';

test('a text is split into deltas that join to the same text', () => {
  for (const text of ['hello there', ' two  spaces and a tail ', 'one', 'a\nb\n', '   ']) {
    assert.equal(completeAnswer({ text }, 0).deltas.join(''), text);
  }
  assert.equal(completeAnswer({ text: 'hello there' }, 0).deltas.length, 2);
});

test('defaults follow from what is given', () => {
  const answer = completeAnswer({ toolCalls: [{ name: 'add', arguments: { a: 1 } }] }, 3);
  assert.equal(answer.finish, 'tool-calls');
  assert.deepEqual(answer.toolCalls, [{ id: 'call_3_0', name: 'add', arguments: '{"a":1}' }]);
  assert.equal(completeAnswer({}, 0).finish, 'stop');
  assert.deepEqual(completeAnswer({}, 0).deltas, []);
});

test('a text as arguments is kept as it is, broken or not', () => {
  const answer = completeAnswer({ toolCalls: [{ name: 'add', arguments: '{"a":' }] }, 0);
  assert.equal(answer.toolCalls[0]?.arguments, '{"a":');
});
