import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sectionsOf } from './sections.ts';

test('every part of a request is a section with its weight', () => {
  const call = { callId: 'c', tool: 'a', arguments: { x: 1 } };
  const sections = sectionsOf(
    {
      system: 'Be brief.',
      tools: [{ name: 'a', description: 'Does a.', input: { type: 'object' } }],
      messages: [
        { role: 'user', text: 'before' },
        { role: 'assistant', parts: [{ type: 'tool-call', call }] },
        { role: 'tool', callId: 'c', tool: 'a', outcome: { status: 'done', text: 'done' } },
        { role: 'user', text: 'hi' },
      ],
      outputTokensMax: 10,
      trace: { turn: 't', step: 1 },
    },
    (characters) => Math.ceil(characters / 4),
  );
  assert.deepEqual(
    sections.map(({ name }) => name),
    ['system prompt', 'tool a', 'conversation (3)', 'message'],
  );
  assert.equal(sections[0]?.tokens, 3);
  assert.equal(sections[2]?.text, 'user: before\nassistant: a({"x":1})\na: done');
});
