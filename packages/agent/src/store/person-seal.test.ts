import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPersonSeal } from './person-seal.ts';

const key = new Uint8Array(32).fill(1);
const place = { table: 'inbox', rowId: '17' };
const text = Buffer.from('call Bob tomorrow at nine');

function seal(personId = 'ann', personKey = key) {
  return createPersonSeal(personId, personKey);
}

test('what was sealed opens in its place', () => {
  for (const bytes of [text, new Uint8Array(), new Uint8Array(1_000_000).fill(3)]) {
    const sealed = seal().seal(place, bytes);
    assert.equal(sealed.length, bytes.length + 29);
    assert.deepEqual(seal().open(place, sealed), new Uint8Array(bytes));
  }
});

test('the same bytes are never sealed the same way twice, and show nothing', () => {
  const ann = seal();
  const [one, two] = [ann.seal(place, text), ann.seal(place, text)];
  assert.notDeepEqual(one, two);
  assert.equal(Buffer.from(one).includes('Bob'), false);
});

test('any flipped bit is found, with table and row in the error', () => {
  const ann = seal();
  const sealed = ann.seal(place, text);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const altered = new Uint8Array(sealed);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => ann.open(place, altered), {
      code: 'SEAL_BROKEN',
      details: { table: 'inbox', row: '17' },
    });
  }
});

test('a cut payload is found at any length', () => {
  const ann = seal();
  const sealed = ann.seal(place, text);
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => ann.open(place, sealed.subarray(0, length)), { code: 'SEAL_BROKEN' });
  }
});

test('a payload moved to another row, table or person does not open', () => {
  const sealed = seal().seal({ table: 'ab', rowId: 'c' }, text);
  const moved = [
    () => seal().open({ table: 'ab', rowId: 'd' }, sealed),
    () => seal().open({ table: 'a', rowId: 'bc' }, sealed),
    () => seal('bob').open({ table: 'ab', rowId: 'c' }, sealed),
    () => seal('ann', new Uint8Array(32).fill(2)).open({ table: 'ab', rowId: 'c' }, sealed),
  ];
  for (const open of moved) assert.throws(open, { code: 'SEAL_BROKEN' });
});

test('stems are hashes of 16 hexadecimal characters that only the same person repeats', () => {
  const ann = seal().stems('Calling Bob, called BOB');
  assert.equal(ann.length, 4);
  for (const stem of ann) assert.match(stem, /^[0-9a-f]{16}$/);
  assert.equal(ann[0], ann[2]);
  assert.equal(ann[1], ann[3]);
  assert.deepEqual(seal().stems('call bob'), ann.slice(0, 2));
  const bob = seal('bob', new Uint8Array(32).fill(2)).stems('call bob');
  assert.equal(
    bob.some((stem) => ann.includes(stem)),
    false,
  );
});

test('more words than are kept in memory still have the same hashes', () => {
  const ann = seal();
  const [first] = ann.stems('zebra');
  ann.stems(Array.from({ length: 5000 }, (_, index) => `word${index}`).join(' '));
  assert.deepEqual(ann.stems('zebra'), [first]);
});

test('derived keys differ by purpose and by person, and are the same each time', () => {
  const notes = seal().deriveKey('plugin:notes');
  assert.equal(notes.length, 32);
  assert.deepEqual(seal().deriveKey('plugin:notes'), notes);
  const others = [
    seal().deriveKey('plugin:tasks'),
    seal('ann', new Uint8Array(32).fill(2)).deriveKey('plugin:notes'),
    key,
  ];
  for (const other of others) assert.notDeepEqual(other, notes);
});

test('once the person is erased, whoever still holds the seal can do nothing with it', () => {
  const ann = seal();
  const sealed = ann.seal(place, text);
  ann.erase();
  const uses = [
    () => ann.seal(place, text),
    () => ann.open(place, sealed),
    () => ann.stems('call'),
    () => ann.deriveKey('plugin:notes'),
  ];
  for (const use of uses) assert.throws(use, { code: 'PERSON_ERASED' });
});
