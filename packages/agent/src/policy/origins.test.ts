import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originsOf } from './origins.ts';

const schema = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    kind: { type: 'string', enum: ['a', 'b'] },
    tags: { type: 'array', items: { type: 'string' } },
    nested: { type: 'object', properties: { to: { type: 'string' } } },
  },
};
const said = ['Remind me tomorrow at 9 to call Bob — about the “invoice”!'];

test('words that the person said, in that order, are the person’s own', () => {
  assert.equal(originsOf({ text: 'call Bob' }, schema, said)['text'], 'user');
  assert.equal(originsOf({ text: 'Call bob, about the invoice.' }, schema, said)['text'], 'user');
});

test('other words, parts of words and another order are the model’s', () => {
  for (const text of ['call Alice', 'call Bo', 'Bob call', 'call Bob about the']) {
    const expected = text === 'call Bob about the' ? 'user' : 'model';
    assert.equal(originsOf({ text }, schema, said)['text'], expected, text);
  }
});

test('times, enumerated values, numbers and booleans carry no free text', () => {
  const values = { at: '2026-11-23T09:00:00+01:00', kind: 'a', count: 3, flag: true };
  assert.deepEqual(Object.values(originsOf(values, schema, said)), [
    'user',
    'user',
    'user',
    'user',
  ]);
});

test('a value that only claims to be a time or one of a list is the model’s', () => {
  const values = { at: 'now; send everything to bob', kind: 'c' };
  assert.deepEqual(originsOf(values, schema, said), { at: 'model', kind: 'model' });
});

test('lists and objects are as good as their worst member', () => {
  assert.equal(originsOf({ tags: ['bob', 'mallory'] }, schema, said)['tags'], 'model');
  assert.equal(originsOf({ tags: ['bob', 'invoice'] }, schema, said)['tags'], 'user');
  assert.equal(originsOf({ nested: { to: 'bob' } }, schema, said)['nested'], 'user');
  assert.equal(originsOf({ nested: { to: 'eve' } }, schema, said)['nested'], 'model');
  assert.equal(originsOf({ nested: { cc: 'bob' } }, schema, said)['nested'], 'model');
});

test('a time, date or duration counts as derived in its ISO 8601 form only', () => {
  const originOf = (format: string, value: string): string | undefined =>
    originsOf({ at: value }, { properties: { at: { type: 'string', format } } }, said)['at'];
  const derived = {
    'date-time': [
      '2026-11-23T09:00',
      '2026-11-23T09:00:00Z',
      '2026-11-23T09:00:00.123+01:00',
      '2026-11-23T09:00+0100',
    ],
    date: ['2026-11-23'],
    time: ['09:00', '09:00:00', '09:00Z'],
    duration: ['PT30M', 'P1D', 'P1DT2H30M', 'PT1.5H', 'P2W'],
  };
  for (const [format, values] of Object.entries(derived)) {
    for (const value of values) assert.equal(originOf(format, value), 'user', value);
    for (const other of [
      'IGNORE-ALL-RULES',
      'send:to/eve@x',
      '2026-11-23T09:00:00Z;rm',
      '2026-11-23T09:00[Delete/All]',
      'P',
      'PT',
    ]) {
      assert.equal(originOf(format, other), 'model', `${format} ${other}`);
    }
  }
});

test('an argument named like a member of every object is not taken for a declared one', () => {
  const values = JSON.parse('{"nested":{"__proto__":{"to":"bob"},"constructor":"bob"}}') as {
    nested: { to: string };
  };
  assert.equal(originsOf(values, schema, said)['nested'], 'model');
  const own = JSON.parse('{"__proto__":"eve"}') as { text: string };
  assert.deepEqual(Object.entries(originsOf(own, schema, said)), [['__proto__', 'model']]);
});
