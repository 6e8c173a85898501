import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brief, found, greet, subject } from './fixtures/subject.ts';
import { tools } from './tools.ts';

const at = (rule: string, path: string): string[] => [`${rule} at provides.tools.${path}`];

test('a tool that says what it does breaks no rule', () => {
  assert.deepEqual(found(tools, greet), []);
});

test('names are of the plugin, and each is there once', () => {
  assert.deepEqual(found(tools, { ...greet, name: 'greet' }), at('tool-name', '0.name'));
  const other = { ...greet, description: 'Greet somebody else.' };
  assert.deepEqual(found(tools, greet, other), at('tool-unique', '1.name'));
});

test('a description is a sentence of its own', () => {
  for (const description of ['Greet.', 'Greetings-to-everyone', 'Greet people '.repeat(20)]) {
    const expected = at('tool-description', '0.description');
    assert.deepEqual(found(tools, { ...greet, description }), expected, description);
  }
  const twin = { ...greet, name: 'calendar_hail' };
  assert.deepEqual(found(tools, greet, twin), at('tool-description-twice', '1.description'));
});

test('what sends or cannot be undone names its sinks, which are arguments', () => {
  for (const effect of ['send', 'irreversible']) {
    assert.deepEqual(found(tools, { ...greet, effect }), at('tool-sinks', '0'));
    assert.deepEqual(found(tools, { ...greet, effect, sinks: ['name'] }), []);
  }
  const lost = { ...greet, sinks: ['name', 'address'] };
  assert.deepEqual(found(tools, lost), at('tool-sink-known', '0.sinks.1'));
});

test('what sends through the network does not stay within its own data', () => {
  const sending = { ...greet, effect: 'send', sinks: ['name'] };
  const permissions = { network: ['api.example.com'] };
  const given = subject({ permissions, provides: { tools: [sending] } });
  assert.deepEqual(brief(tools, given), at('tool-network', '0.reach'));
});
