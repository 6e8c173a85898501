import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { checkMessage, MESSAGE_BYTES_MAX, readPipe } from './standard-input.ts';

const quiet = { waitMs: 60_000, onWait: () => assert.fail('nothing was waited for') };

test('characters that arrive in halves are put together', async () => {
  const bytes = Buffer.from('naïve 漢字 😀');
  const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  assert.equal(await readPipe(Readable.from(pieces), quiet), 'naïve 漢字 😀');
});

test('a byte order mark is not part of the message', async () => {
  const input = Readable.from([Buffer.from([0xef, 0xbb, 0xbf, 0x68, 0x69])]);
  assert.equal(await readPipe(input, quiet), 'hi');
});

test('exactly the limit is accepted and one byte more is refused with both figures', async () => {
  const limit = { ...quiet, bytesMax: 10 };
  assert.equal((await readPipe(Readable.from([Buffer.alloc(10, 'x')]), limit)).length, 10);
  await assert.rejects(readPipe(Readable.from([Buffer.alloc(11, 'x')]), limit), {
    code: 'INPUT_TOO_LARGE',
    message: 'The message is 11 bytes; at most 10 are accepted.',
  });
});

test('an endless pipe ends with an error instead of filling the memory', async () => {
  let produced = 0;
  const endless = (function* () {
    for (;;) {
      produced += 1_000_000;
      yield Buffer.alloc(1_000_000, 'x');
    }
  })();
  await assert.rejects(readPipe(Readable.from(endless), quiet), { code: 'INPUT_TOO_LARGE' });
  assert.ok(produced < 100_000_000);
});

test('bytes that are not UTF-8 are refused', async () => {
  const inputs = [[0xff, 0xfe, 0x41], [0xc3], [0xed, 0xa0, 0x80]];
  for (const bytes of inputs) {
    const input = Readable.from([Buffer.from(bytes)]);
    await assert.rejects(readPipe(input, quiet), { code: 'INPUT_ENCODING' });
  }
});

test('an empty pipe is an empty text', async () => {
  assert.equal(await readPipe(Readable.from([]), quiet), '');
});

test('a person is told once when a pipe stays silent', async () => {
  const input = new Readable({ read: () => undefined });
  const waited = Promise.withResolvers<void>();
  const text = readPipe(input, { waitMs: 1, onWait: waited.resolve });
  await waited.promise;
  input.push('late');
  input.push(null);
  assert.equal(await text, 'late');
});

test('a typed message has the same limit in bytes', () => {
  checkMessage('x'.repeat(MESSAGE_BYTES_MAX));
  assert.throws(() => checkMessage('漢'.repeat(MESSAGE_BYTES_MAX / 2)), {
    code: 'INPUT_TOO_LARGE',
  });
});
