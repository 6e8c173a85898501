import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePage } from './charset.ts';

test('a page is decoded by its mark, its header, its own declaration, or UTF-8', () => {
  const latin = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
  const declared = Buffer.concat([Buffer.from('<meta charset="iso-8859-1">'), latin]);
  assert.equal(decodePage(latin, 'text/html; charset=ISO-8859-1'), 'café');
  assert.equal(decodePage(declared, 'text/html'), '<meta charset="iso-8859-1">café');
  assert.equal(decodePage(Buffer.from('café'), ''), 'café');
  assert.equal(
    decodePage(Buffer.from('\ufeffcafé', 'utf16le'), 'text/html; charset=utf-8'),
    'café',
  );
  assert.equal(
    decodePage(Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'text/html; charset="shift_jis"'),
    '日本',
  );
});

test('unknown names and broken bytes do not fail', () => {
  assert.equal(decodePage(Buffer.from('ok'), 'text/html; charset=nonsense'), 'ok');
  assert.equal(decodePage(Uint8Array.of(0x61, 0xff), ''), 'a\ufffd');
});
