import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlotDeclaration, SlotType } from '@opencomputer/contracts';
import fc from 'fast-check';
import { findQuoted, findValues, numberOf } from './extractors.ts';

const slot = (type: SlotType, values?: Record<string, string[]>): SlotDeclaration => ({
  type,
  required: false,
  after: [],
  ...(values && { values }),
});
const values = (type: SlotType, text: string): unknown[] =>
  findValues(text, slot(type)).map(({ value }) => value);

test('numbers in figures and words', () => {
  assert.deepEqual(values('number', 'add 3 and -4.5 and twelve'), [3, -4.5, 12]);
  assert.deepEqual(values('amount', 'pay 1,250.50 euros'), [1250.5]);
  assert.equal(numberOf('1’000'), 1000);
  assert.equal(numberOf(''), undefined);
});

test('durations as ISO 8601', () => {
  assert.deepEqual(values('duration', 'for an hour and a half'), ['PT1H30M']);
  assert.deepEqual(values('duration', 'a 45-minute call'), ['PT45M']);
  assert.deepEqual(values('duration', '1h30'), ['PT1H30M']);
  assert.deepEqual(values('duration', 'for 2 days'), ['P2D']);
  assert.deepEqual(values('duration', '5 m'), []);
});

test('paths, links and people by their form', () => {
  assert.deepEqual(values('path', 'read ~/a/b.txt and "my file.md"'), ['my file.md', '~/a/b.txt']);
  assert.deepEqual(values('url', 'open example.org/news.'), ['https://example.org/news']);
  assert.deepEqual(values('url', 'get http://a.example?x=1'), ['http://a.example?x=1']);
  assert.deepEqual(values('person', 'lunch with Anna Maria on Monday'), ['Anna Maria']);
  assert.deepEqual(values('person', 'write to bob@example.com'), ['bob@example.com']);
});

test('units, languages, code, choices and yes or no', () => {
  assert.deepEqual(values('unit', '5 km to miles'), ['km', 'miles']);
  assert.deepEqual(values('unit', 'a c note'), []);
  assert.deepEqual(values('language', 'run it in Python'), ['python']);
  assert.deepEqual(values('code', 'run `print(1)`'), ['print(1)']);
  assert.deepEqual(values('boolean', 'turn it off'), [false]);
  const choice = slot('enum', { high: ['urgent', 'top priority'], low: ['later'] });
  assert.deepEqual(
    findValues('this is top priority', choice).map(({ value }) => value),
    ['high'],
  );
});

test('quoted text comes without its marks, apostrophes are none', () => {
  assert.deepEqual(
    findQuoted(`add "a b" and 'c' but not Bob's`).map(({ value }) => value),
    ['a b', 'c'],
  );
});

test('spans hold the words, for any text and type', () => {
  const types: SlotType[] = [
    'number',
    'duration',
    'path',
    'url',
    'person',
    'unit',
    'code',
    'boolean',
  ];
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.constantFrom(...types),
      (text, type) => {
        for (const { span, text: words } of findValues(text, slot(type))) {
          assert.ok(span[0] >= 0 && span[0] < span[1] && span[1] <= text.length);
          assert.equal(words, text.slice(span[0], span[1]));
        }
      },
    ),
  );
});

test('repetitive text of 10 kB takes bounded time', () => {
  const start = process.cpuUsage();
  for (const piece of ['"', '1,', '@a', 'with A', '`', 'for 1 ', "'a ", '-1']) {
    const text = piece.repeat(10_000 / piece.length);
    for (const type of ['number', 'duration', 'person', 'code', 'path'] as const)
      values(type, text);
  }
  const { user } = process.cpuUsage(start);
  assert.ok(user < 4_000_000, `${user} µs`);
});
