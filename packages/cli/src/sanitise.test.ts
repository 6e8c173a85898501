import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sanitise, Sanitiser, sanitiseLine, visibleJson } from './sanitise.ts';

// oxlint-disable-next-line no-control-regex -- the controls that must be gone
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;

/** Texts that are dense in pieces of control sequences. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b',
        '\u009b',
        '\u009d',
        '\u0090',
        '\u009c',
        '[',
        ']',
        '31m',
        '\\',
        '\u0007',
        '0;title',
        '\r',
        '\n',
        'P',
        '_',
        '\u202e',
        '\u0018',
        '8;;http://x',
        '😀',
        '\ud83d',
        '漢',
        '(B',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

test('nothing that a terminal obeys is left in any text', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(sanitise(text), FORBIDDEN);
    }),
    { numRuns: 2_000 },
  );
});

test('a text in pieces gives the same as the whole', () => {
  fc.assert(
    fc.property(hostile, fc.array(fc.nat(60), { maxLength: 8 }), (text, cuts) => {
      const sanitiser = new Sanitiser();
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length];
      places.sort((a, b) => a - b);
      let clean = '';
      for (let index = 1; index < places.length; index += 1) {
        clean += sanitiser.write(text.slice(places[index - 1], places[index]));
      }
      assert.equal(clean + sanitiser.end(), sanitise(text));
    }),
    { numRuns: 2_000 },
  );
});

test('cleaning twice changes nothing more', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const clean = sanitise(text).toWellFormed();
      assert.equal(sanitise(clean), clean);
    }),
  );
});

test('a text without controls is left as it is', () => {
  const text = 'Ünïcode, 漢字, 👩‍👩‍👧 and עברית\n\tindented\n';
  assert.equal(sanitise(text), text);
});

test('colours, titles, links and cursor moves disappear and their words stay', () => {
  assert.equal(sanitise('a\u001b[31;1mred\u001b[0mb'), 'aredb');
  assert.equal(sanitise('\u001b]0;owned\u0007text'), 'text');
  assert.equal(sanitise('\u001b]8;;http://bad\u001b\\link\u001b]8;;\u001b\\'), 'link');
  assert.equal(sanitise('\u009b2Jgone\u009d0;x\u009cseen'), 'goneseen');
  assert.equal(sanitise('one\u001b[A\u001b[2Ktwo\u001bPq#0\u001b\\three\u001b(Bx'), 'onetwothreex');
});

test('a sequence that is never closed swallows at most its own line', () => {
  assert.equal(sanitise('a\u001b]52;c;secret\nnext line'), 'a\nnext line');
});

test('an endless sequence gives the text back after its limit', () => {
  const clean = sanitise(`\u001b[${'1;'.repeat(10_000)}end`);
  assert.ok(clean.length > 10_000 && clean.endsWith('end'));
});

test('a lone carriage return breaks the line instead of overwriting it', () => {
  assert.equal(sanitise('safe\rrm -rf /\r\nend'), 'safe\nrm -rf /\nend');
});

test('half a character is held until its other half arrives', () => {
  const sanitiser = new Sanitiser();
  assert.equal(sanitiser.write('x\ud83d'), 'x');
  assert.equal(sanitiser.write('\ude00'), '😀');
  assert.equal(sanitiser.write('\ud83d'), '');
  assert.equal(sanitiser.end(), '\ufffd');
});

test('one line stays one line', () => {
  assert.equal(sanitiseLine(' a\n\tb\u001b[2J\r\nc '), 'a b c');
});

test('what is approved shows what is invisible, and parses back', () => {
  const value = { path: '/tmp/\u202egnp.exe', text: 'a\u200bb\u0085\u001b[2J\n' };
  const json = visibleJson(value);
  assert.match(json, /\\u202egnp/);
  assert.match(json, /a\\u200bb\\u0085/);
  assert.doesNotMatch(json, FORBIDDEN);
  assert.deepEqual(JSON.parse(json), value);
});
