import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTokens, textCharactersMax, tokenize, tokensMax } from './tokens.ts';

test('contractions are expanded, with straight, curly or no apostrophe', () => {
  assert.deepEqual(tokenize("What's up, don't you know"), [
    'what',
    'is',
    'up',
    'do',
    'not',
    'you',
    'know',
  ]);
  assert.deepEqual(tokenize('whats up'), tokenize('what’s up'));
  assert.deepEqual(tokenize('dont'), ['do', 'not']);
});

test('numbers, times, dates, money, links, paths and mail addresses become classes', () => {
  const classes: Record<string, string> = {
    '42': '<number>',
    '9:30': '<time>',
    '5pm': '<time>',
    '2026-05-03': '<date>',
    '24.12.2026': '<date>',
    $20: '<money>',
    '15%': '<percent>',
    '3rd': '<ordinal>',
    'https://example.com/a?b=c': '<url>',
    'example.org': '<url>',
    './notes/a': '<path>',
    'report.pdf': '<path>',
    'C:\\temp': '<path>',
    'anna@example.com': '<email>',
    '2+2*3': '<arithmetic>',
  };
  for (const [text, name] of Object.entries(classes))
    assert.deepEqual(tokenize(text), [name], text);
});

test('a figure with its unit is two words, and words with digits stay words', () => {
  assert.deepEqual(tokenize('5km'), ['<number>', 'km']);
  assert.deepEqual(tokenize('401k w2'), ['401k', 'w2']);
});

test('full-width and compatibility forms read as the plain ones', () => {
  assert.deepEqual(tokenize('ＲＥＭＩＮＤ ｍｅ'), ['remind', 'me']);
});

test('each token knows where it stands', () => {
  const text = '  Call "Bob", please!';
  const read = readTokens(text).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(read, ['Call', 'Bob', 'please']);
});

test('spans are inside the text, in order, for any Unicode', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      let last = 0;
      for (const { word, start, end } of readTokens(text)) {
        assert.ok(word.length > 0 && start >= last && end > start && end <= text.length);
        last = start;
      }
    }),
  );
});

test('a long text is read up to its bound', () => {
  assert.ok(readTokens('a '.repeat(50_000)).length <= tokensMax);
  assert.ok(readTokens('x'.repeat(50_000)).every(({ end }) => end <= textCharactersMax));
});

test('a machine by number and this one are links, sums are none', () => {
  assert.deepEqual(tokenize('open 192.168.0.10/admin'), ['open', '<url>']);
  assert.deepEqual(tokenize('load localhost:5000'), ['load', '<url>']);
  assert.deepEqual(tokenize('10.5/2'), ['<arithmetic>']);
});
