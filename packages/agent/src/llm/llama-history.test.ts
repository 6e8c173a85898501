import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHistory } from './llama-history.ts';

test('steps of one turn are one item of the model, with results in their calls', () => {
  const history = toHistory([
    { role: 'system', content: 's' },
    { role: 'user', content: [{ type: 'text', text: 'u' }] },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'wait' },
        { type: 'tool-call', toolCallId: 'c', toolName: 'add', input: { a: 1 } },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c',
          toolName: 'add',
          output: { type: 'text', value: '2' },
        },
      ],
    },
    { role: 'assistant', content: [{ type: 'text', text: 'two' }] },
  ]);
  const call = { type: 'functionCall', name: 'add', params: { a: 1 }, result: '2' };
  assert.deepEqual(history, [
    { type: 'system', text: 's' },
    { type: 'user', text: 'u' },
    { type: 'model', response: ['wait', call, 'two'] },
  ]);
});

test('the history always ends with an item that the model continues', () => {
  const history = toHistory([{ role: 'user', content: [{ type: 'text', text: 'u' }] }]);
  assert.deepEqual(history.at(-1), { type: 'model', response: [] });
  assert.deepEqual(toHistory([]), [{ type: 'model', response: [] }]);
});
