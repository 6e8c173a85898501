import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatKeybindings, meaningOf, pasteOf, readPaste } from './keys.ts';

const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

test('keys that are not the editor’s have a meaning, in old and new encodings', () => {
  assert.equal(meaningOf('\u0003'), 'interrupt');
  assert.equal(meaningOf('\u001b[99;5u'), 'interrupt');
  assert.equal(meaningOf('\u001b'), 'escape');
  assert.equal(meaningOf('\u0013'), 'steer');
  assert.equal(meaningOf('\u001b[13;5u'), 'steer');
  assert.equal(meaningOf('\u0004'), 'end');
  assert.equal(meaningOf('a'), undefined);
  assert.equal(meaningOf('\r'), undefined);
});

test('letting go of a key means nothing', () => {
  assert.equal(meaningOf('\u001b[99;5:3u'), undefined);
});

test('a paste keeps its lines and loses what a terminal would obey', () => {
  assert.deepEqual(readPaste(paste('a\r\nb\rc\u001b[2J\u009bx')), { data: paste('a\nb\nc[2Jx') });
  assert.deepEqual(readPaste(paste('a\u001b[106;5ub')), { data: paste('a\nb') });
  assert.equal(readPaste('abc'), undefined);
});

test('a paste of ten megabytes is refused by its size', () => {
  assert.deepEqual(readPaste(paste('x'.repeat(10_000_000))), { bytes: 10_000_000 });
  assert.deepEqual(readPaste(paste('漢'.repeat(400_000))), { bytes: 1_200_000 });
});

test('a text can be handed to the editor as a paste', () => {
  assert.equal(pasteOf('a\nb'), paste('a\nb'));
});

test('a new line has a key in every kind of terminal', () => {
  const keys = chatKeybindings();
  for (const data of ['\u001b[13;2u', '\u001b\r', '\n']) {
    assert.ok(keys.matches(data, 'tui.input.newLine'), JSON.stringify(data));
  }
  assert.ok(keys.matches('\r', 'tui.input.submit'));
});
