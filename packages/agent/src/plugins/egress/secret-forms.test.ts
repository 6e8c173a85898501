import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { checkSecret, secretForms } from './secret-forms.ts';

test('a secret has a plain form, two in hexadecimal and one in base64 for each offset', () => {
  const texts = secretForms([{ name: 'key', value: 'hunter2-secret' }]).map(({ characters }) =>
    characters.map(([plain = '']) => plain).join(''),
  );
  assert.equal(texts[0], 'hunter2-secret');
  assert.ok(texts.includes(Buffer.from('hunter2-secret').toString('hex')));
  assert.ok(texts.includes(Buffer.from('hunter2-secret').toString('hex').toUpperCase()));
  for (const before of ['', 'u', 'us', 'usr', 'user:']) {
    const longer = Buffer.from(`${before}hunter2-secret and more`).toString('base64');
    assert.ok(
      texts.some((text) => text !== texts[0] && longer.includes(text)),
      before,
    );
  }
});

test('each character knows its escapes in URLs, JSON and HTML', () => {
  const [form] = secretForms([{ name: 'key', value: 'a/é😀 "<' }]);
  const [letter, slash, accent, face, blank, quote, less] = form?.characters ?? [];
  assert.deepEqual(letter, ['a', '%61', '\\u0061', '\\x61', '&#97;', '&#x61;']);
  for (const escape of ['/', '%2f', '%2F', '\\/', '\\u002F']) assert.ok(slash?.includes(escape));
  for (const escape of ['Ã©', '%c3%a9', '%C3%A9', '\\u00e9', '&#233;'])
    assert.ok(accent?.includes(escape), escape);
  assert.ok(face?.includes('\\ud83d\\ude00'));
  assert.ok(blank?.includes('+'));
  assert.ok(quote?.includes('\\"'));
  assert.ok(less?.includes('&lt;'));
});

test('a value that could not be hidden is refused', () => {
  for (const value of ['', '12345', 'x'.repeat(4_097), 'lone \ud800 surrogate'])
    assert.throws(
      () => checkSecret({ name: 'key', value }),
      (error) => isAgentError(error, 'EGRESS_SECRET_MISSING') && !error.message.includes('lone'),
    );
  checkSecret({ name: 'key', value: '123456' });
});
