import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import type { ErrorCode } from '@opencomputer/contracts';
import { holdBody, streamBody } from './body.ts';
import type { BodyOptions } from './body.ts';
import { egressLimits } from './proxy.ts';

const options = (heldBodyBytesMax = 100, requestBytesMax = 10_000): BodyOptions => ({
  limits: { ...egressLimits, heldBodyBytesMax, requestBytesMax },
  onProgress: () => undefined,
});
const withCode = (code: ErrorCode) => (error: unknown) => isAgentError(error, code);

/** A request, as far as its body goes. */
function requestOf(chunks: readonly string[]): IncomingMessage {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk, 'latin1');
  stream.end();
  return stream as unknown as IncomingMessage;
}

async function readBody(chunks: readonly string[], settings = options(), isWatched = true) {
  const request = requestOf(chunks);
  const held = await holdBody(request, 'json', settings);
  if (held.isWhole) return { held, text: held.bytes.toString() };
  let text = '';
  for await (const chunk of streamBody(request, held, { ...settings, isWatched }))
    text += chunk.toString();
  return { held, text };
}

test('a short body is held whole, of a long one the beginning; none of it is lost', async () => {
  assert.ok((await readBody([])).held.isWhole);
  assert.ok((await readBody(['x'.repeat(100)])).held.isWhole);
  const chunks = Array.from({ length: 30 }, (_, count) => `${count}`.repeat(10));
  const { held, text } = await readBody(chunks);
  assert.ok(!held.isWhole);
  assert.ok(held.bytes.length > 100 && held.bytes.length <= 120);
  assert.equal(text, chunks.join(''));
});

test('a placeholder in the part that streams is found at every cut', async () => {
  const placeholder = '{{secret:key}}';
  for (let cut = 0; cut <= placeholder.length; cut += 1) {
    const chunks = ['x'.repeat(101), placeholder.slice(0, cut), placeholder.slice(cut), 'y'];
    await assert.rejects(readBody(chunks), withCode('EGRESS_SECRET'), `cut at ${cut}`);
    const { text } = await readBody(chunks, options(), false);
    assert.ok(text.includes(placeholder), 'a plugin without secrets may say what it likes');
  }
  const { text } = await readBody(['x'.repeat(101), '{{secret', ' :key}}']);
  assert.ok(text.endsWith('{{secret :key}}'));
});

test('a body that is longer than may be sent is broken off', async () => {
  await assert.rejects(
    readBody(['x'.repeat(150), 'x'.repeat(51)], options(100, 200)),
    withCode('EGRESS_LIMIT'),
  );
  assert.equal(
    (await readBody(['x'.repeat(150), 'x'.repeat(50)], options(100, 200))).text.length,
    200,
  );
});

test('a body that breaks off is an error, not a short body', async () => {
  const stream = new PassThrough();
  const holding = holdBody(stream as unknown as IncomingMessage, 'json', options());
  stream.write('x');
  stream.destroy(new Error('aborted'));
  await assert.rejects(holding, /aborted/);
});
