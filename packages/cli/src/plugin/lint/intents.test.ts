import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { brief, greet, subject } from './fixtures/subject.ts';
import { intents } from './intents.ts';

const EXAMPLES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((word) => `${word} {name}`);

function look(rest: JsonObject): readonly string[] {
  const intent = {
    name: 'calendar.greet',
    tool: 'calendar_greet',
    description: 'Greet somebody',
    slots: { name: { type: 'text' } },
    examples: [...EXAMPLES, 'greet {name}'],
    ...rest,
  };
  return brief(intents, subject({ provides: { tools: [greet], intents: [intent] } }));
}

test('ten different examples with declared slots break no rule', () => {
  assert.deepEqual(look({}), []);
});

test('examples that are the same but for case count once', () => {
  const path = 'provides.intents.0.examples';
  assert.deepEqual(look({ examples: [...EXAMPLES, 'A {NAME}', 'a {name}'] }), [
    `intent-slots at ${path}`,
    `intent-examples at ${path}`,
  ]);
});

test('a slot leads to an argument', () => {
  const slots = { name: { type: 'text', argument: 'who' } };
  assert.deepEqual(look({ slots }), ['intent-slots at provides.intents.0.slots']);
});
