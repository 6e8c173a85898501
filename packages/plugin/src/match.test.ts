import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchItems, plainWords } from './match.ts';

const items = [
  { id: 'a1', text: 'Call Bob' },
  { id: 'b2', text: 'Call Bob about the invoice' },
  { id: 'c3', text: 'Pay the electricity bill' },
  { id: 'd4', text: 'Réserver le café' },
];

function sure(query: string): readonly string[] {
  return matchItems(items, query, (item) => item.text).sure.map((item) => item.id);
}

test('the same words win over more words', () => {
  assert.deepEqual(sure('call bob'), ['a1']);
  assert.deepEqual(sure('the CALL with Bob'), ['a1']);
});

test('all words of the query must be there', () => {
  assert.deepEqual(sure('invoice'), ['b2']);
  assert.deepEqual(sure('electricity bills'), ['c3']);
  assert.deepEqual(sure('cafe'), ['d4']);
  assert.deepEqual(sure('pay the rent bill'), []);
});

test('several equal matches are all returned', () => {
  assert.deepEqual(sure('bob'), ['a1', 'b2']);
});

test('an id is exact', () => {
  assert.deepEqual(sure('C3'), ['c3']);
});

test('what shares half of the words is near, never sure', () => {
  const found = matchItems(items, 'pay the rent bill', (item) => item.text);
  assert.deepEqual(found, { sure: [], near: [items[2]] });
  assert.deepEqual(matchItems(items, 'walk the dog', (item) => item.text).near, []);
  assert.deepEqual(
    matchItems(items, ' !? ', (item) => item.text),
    { sure: [], near: [] },
  );
});

test('a plural is the same word, and a short word or a double s is left alone', () => {
  assert.deepEqual(plainWords('cars bus boss'), ['car', 'bus', 'boss']);
});

test('a text of small words only keeps them', () => {
  assert.deepEqual(plainWords('to me'), ['to', 'me']);
});
