import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scrubber } from './scrubber.ts';

const value = 'sk-live/7+Q"z%25 é=';
const scrubber = new Scrubber([{ name: 'key', value }]);
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

/** A form to how it is written, as bytes. */
const forms: Readonly<Record<string, string>> = {
  plain: bytesOf(value),
  json: bytesOf(JSON.stringify(value).slice(1, -1)),
  'json, escaped slash': bytesOf(JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/')),
  'json, all escaped': Array.from(
    value,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ).join(''),
  url: encodeURIComponent(value),
  'url, lower case': encodeURIComponent(value).replaceAll(/%../g, (hex) => hex.toLowerCase()),
  'url, all escaped': [...Buffer.from(value)]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join(''),
  form: new URLSearchParams([['', value]]).toString().slice(1),
  html: bytesOf(value.replaceAll('"', '&quot;')),
  hex: Buffer.from(value).toString('hex'),
  'hex, upper case': Buffer.from(value).toString('hex').toUpperCase(),
  base64: Buffer.from(value).toString('base64'),
  'base64 with a user': Buffer.from(`user:${value}`).toString('base64'),
  'base64 in the middle': Buffer.from(`xx${value}yyy`).toString('base64'),
  base64url: Buffer.from(value).toString('base64url'),
  'base64url in the middle': Buffer.from(`{"k":"${value}"}`).toString('base64url'),
  'base64 in JSON': Buffer.from(value).toString('base64').replaceAll('/', '\\/'),
  'base64 in a URL': encodeURIComponent(Buffer.from(value).toString('base64')),
  'base64 in lines': Buffer.from(value).toString('base64').replaceAll(/.{8}/g, '$&\r\n'),
};

async function streamed(chunks: readonly string[], by = scrubber): Promise<string> {
  const stream = by.stream();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  for (const chunk of chunks) stream.write(Buffer.from(chunk, 'latin1'));
  await new Promise<void>((resolve) => {
    stream.end(resolve);
    stream.resume();
  });
  return text;
}

test('every form is taken out of a text, and nothing but it', () => {
  for (const [name, form] of Object.entries(forms)) {
    const clean = scrubber.text(`before ${form} after`);
    assert.ok(clean.startsWith('before '), name);
    assert.ok(clean.endsWith(' after'), name);
    assert.ok(clean.includes('{{secret:key}}'), `${name}: ${clean}`);
    // base64 leaves what belongs to its neighbours, in front of the secret and behind it
    assert.ok(clean.length < 'before {{secret:key}} after'.length + 16, `${name}: ${clean}`);
    assert.ok(scrubber.finds(form), name);
  }
});

test('a form is taken out wherever the chunks are cut', async () => {
  for (const [name, form] of Object.entries(forms)) {
    const text = `a${form}b${form}`;
    const whole = scrubber.text(text);
    for (let cut = 0; cut <= text.length; cut += 1) {
      const two = await streamed([text.slice(0, cut), text.slice(cut)]);
      assert.equal(two, whole, `${name} cut at ${cut}`);
    }
    assert.equal(await streamed(text.split('')), whole, `${name} byte by byte`);
  }
});

test('text without a secret passes unchanged and at once', () => {
  const text = 'data: {"sk-": "live", "x": "%2"}\n\n';
  assert.deepEqual(scrubber.push(text, false), { clean: text, held: '' });
  const begun = scrubber.push('data: sk-li', false);
  assert.deepEqual(begun, { clean: 'data: ', held: 'sk-li' });
  assert.equal(scrubber.push('sk-lite', false).clean, 'sk-lite');
});

test('of secrets that begin alike or overlap, all characters go', () => {
  const pair = new Scrubber([
    { name: 'short', value: 'abcdef' },
    { name: 'long', value: 'abcdefghij' },
    { name: 'other', value: 'hijklmno' },
  ]);
  assert.equal(pair.text('<abcdefghij>'), '<{{secret:long}}>');
  assert.equal(pair.text('<abcdefghi>'), '<{{secret:short}}ghi>');
  assert.equal(pair.text('<abcdefghijklmno>'), '<{{secret:long}}>');
  assert.equal(pair.text('abcdeabcdef'), 'abcde{{secret:short}}');
});

test('any secret in any text, in any form and any cut, is gone, and the rest is as it was', async () => {
  const secret = fc
    .string({ unit: 'grapheme', minLength: 6, maxLength: 20 })
    .filter((text) => text.isWellFormed() && new Set(text).size > 4);
  const encode = fc.constantFrom(
    (text: string) => bytesOf(text),
    (text: string) => bytesOf(JSON.stringify(text).slice(1, -1)),
    (text: string) => encodeURIComponent(text),
    (text: string) => Buffer.from(text).toString('hex'),
    (text: string) => Buffer.from(text).toString('base64'),
  );
  await fc.assert(
    fc.asyncProperty(
      secret,
      encode,
      fc.array(fc.nat(200), { maxLength: 6 }),
      async (text, to, cuts) => {
        const by = new Scrubber([{ name: 'key', value: text }]);
        const form = to(text);
        const around = ['\u0001\u0002', form, '\u0003', form, '\u0004'].join('');
        const places = [0, ...cuts.filter((cut) => cut < around.length).toSorted((a, b) => a - b)];
        const chunks = places.map((from, at) => around.slice(from, places[at + 1]));
        const clean = await streamed(chunks, by);
        assert.ok(!clean.includes(form));
        assert.ok(clean.startsWith('\u0001\u0002'));
        assert.ok(clean.endsWith('\u0004'));
        assert.equal(clean, by.text(around));
      },
    ),
    { numRuns: 300 },
  );
});
