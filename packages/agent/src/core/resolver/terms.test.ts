import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitWords, stemOf, termsOf } from './terms.ts';

test('names are split at case, digits and signs, in any script', () => {
  assert.deepEqual(splitWords('getHTTPStatus_code2'), ['get', 'http', 'status', 'code', '2']);
  assert.deepEqual(splitWords('Größe der Übersicht'), ['größe', 'der', 'übersicht']);
  assert.deepEqual(splitWords(' … '), []);
});

test('forms of a word have one stem, short words stay', () => {
  for (const forms of [
    'translate translation translated',
    'city cities',
    'plan planning planned',
  ]) {
    assert.equal(new Set(forms.split(' ').map(stemOf)).size, 1, forms);
  }
  assert.deepEqual(['gas', 'address', 'user'].map(stemOf), ['gas', 'address', 'user']);
});

test('words of asking are left out', () => {
  assert.deepEqual(termsOf('Could you please show me what the files are?'), ['fil']);
});
