import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { asPlainAsPossible, endToEnd, fieldsOf } from './headers.ts';
import { refuseAmbiguous, valueOf, withoutCredentials } from './headers.ts';

test('fields keep their order, their spelling and their repetitions', () => {
  const fields = fieldsOf(['X-A', '1', 'x-a', '2']);
  assert.deepEqual(fields, [
    ['X-A', '1'],
    ['x-a', '2'],
  ]);
  assert.equal(valueOf(fields, 'x-a'), '1');
  assert.equal(valueOf(fields, 'x-b'), undefined);
});

test('what belongs to one connection does not pass, nor what Connection names', () => {
  const lines = [
    'Connection: close, X-Private|x-private: 1|Keep-Alive: 1|TE: trailers|Trailer: x',
    'Proxy-Authorization: x|Proxy-Connection: x|Upgrade: h2c|HTTP2-Settings: x|Host: x',
    'Content-Length: 1|Transfer-Encoding: chunked|Expect: 100-continue|Accept: */*|X-Public: 1',
  ];
  const fields = fieldsOf(lines.flatMap((line) => line.split('|').flatMap((f) => f.split(': '))));
  assert.deepEqual(endToEnd(fields), [
    ['Accept', '*/*'],
    ['X-Public', '1'],
  ]);
});

test('two lengths, two hosts or two types of one request are refused', () => {
  const cases = [
    ['Content-Length', '1', 'content-length', '1'],
    ['Host', 'a', 'HOST', 'a'],
    ['Content-Length', '1', 'Transfer-Encoding', 'chunked'],
    ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'identity'],
    ['Transfer-Encoding', 'chunked, identity'],
    ['Transfer-Encoding', 'xchunked'],
    ['Content-Type', 'text/plain', 'Content-Type', 'application/json'],
    ['Content-Encoding', 'gzip', 'Content-Encoding', 'identity'],
  ];
  for (const raw of cases)
    assert.throws(
      () => refuseAmbiguous(fieldsOf(raw)),
      (error) => isAgentError(error, 'EGRESS_REQUEST'),
      raw.join(),
    );
  refuseAmbiguous(fieldsOf(['Host', 'a', 'Accept', '1', 'Accept', '2', 'Content-Length', '1']));
});

test('an answer with secrets is asked for whole and uncompressed', () => {
  const fields = fieldsOf([
    'Range',
    'bytes=0-3',
    'If-Range',
    'x',
    'Accept-Encoding',
    'br',
    'A',
    '1',
  ]);
  assert.deepEqual(asPlainAsPossible(fields), [
    ['A', '1'],
    ['Accept-Encoding', 'identity'],
  ]);
});

test('credentials stay behind', () => {
  const fields = fieldsOf(['Authorization', 'x', 'cookie', 'x', 'Cookie2', 'x', 'A', '1']);
  assert.deepEqual(withoutCredentials(fields), [['A', '1']]);
});
