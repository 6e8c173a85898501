import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolOutcome } from '@opencomputer/contracts';
import { readResult } from '../outcome.ts';
import { readAnswer } from './answer.ts';
import type { HttpAnswer } from './answer.ts';

interface Given {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: HttpAnswer['headers'];
  readonly method?: string;
  readonly isRead?: boolean;
}

function read(given: Given): ToolOutcome | string {
  const { status, type, body = '', headers = {}, method = 'POST', isRead = false } = given;
  const all = { ...headers, ...(type === undefined ? {} : { 'content-type': type }) };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const now = Date.parse('2026-01-01T00:00:00Z');
  const answer = readAnswer({ status, headers: all, body: bytes }, { method, isRead, now });
  if (answer.type !== 'result') return answer.type;
  return readResult(answer.result, { tool: 't', own: true, bytesMax: 10_000 });
}

test('2xx is done: JSON as data, text as text, what is neither by its size', () => {
  const data = { a: [1] };
  const text = '{"a":[1]}';
  const json = { status: 200, type: 'application/json; charset=utf-8', body: '{ "a": [1] }' };
  assert.deepEqual(read(json), { status: 'done', text, data });
  assert.deepEqual(read({ status: 201, type: 'application/hal+json', body: '[]' }), {
    status: 'done',
    text: '[]',
    data: [],
  });
  const latin = Buffer.from('ü', 'latin1');
  assert.deepEqual(read({ status: 200, type: 'text/plain; charset=iso-8859-1', body: latin }), {
    status: 'done',
    text: 'ü',
  });
  const image = read({ status: 200, type: 'image/png', body: 'xyz' });
  assert.deepEqual(image, { status: 'done', text: '[image/png, 3 bytes]' });
  const broken = read({ status: 200, type: 'application/json', body: '{' });
  assert.deepEqual(broken, { status: 'done', text: '{' });
  const packed = { status: 200, type: 'text/plain', headers: { 'content-encoding': 'gzip' } };
  assert.deepEqual(read({ ...packed, body: 'xx' }), {
    status: 'done',
    text: '[text/plain, 2 bytes]',
  });
});

test('an empty answer tells where the new thing is, to HEAD what is there', () => {
  const headers = { location: '/items/7', etag: '"1"' };
  assert.deepEqual(read({ status: 201, headers }), {
    status: 'done',
    text: 'Done (201).\nlocation: /items/7',
  });
  const head = { status: 200, headers: { etag: '"1"' }, method: 'HEAD', isRead: true };
  assert.deepEqual(read(head), { status: 'done', text: 'Done (200).\netag: "1"' });
});

test('4xx is refused in the words of the service', () => {
  const problem = {
    title: 'Not enough credit',
    detail: 'It costs 50.',
    errors: [{ pointer: '/a' }],
  };
  const cases: readonly (readonly [Given, string])[] = [
    [
      { status: 403, type: 'application/problem+json', body: JSON.stringify(problem) },
      'The service answered 403. Not enough credit. It costs 50. [{"pointer":"/a"}]',
    ],
    [
      { status: 400, type: 'application/json', body: '{"error":{"message":"bad id"}}' },
      'The service answered 400. bad id.',
    ],
    [
      { status: 404, type: 'text/plain', body: 'no such page' },
      'The service answered 404. no such page',
    ],
    [{ status: 404 }, 'The service answered 404.'],
  ];
  for (const [given, text] of cases) assert.deepEqual(read(given), { status: 'refused', text });
});

test('a service that takes no more says when; one that is broken has failed', () => {
  const text = 'The service takes no more requests for now. Try again in 30 s.';
  for (const [status, wait] of [
    [429, '30'],
    [503, 'Thu, 01 Jan 2026 00:00:30 GMT'],
  ] as const) {
    assert.deepEqual(read({ status, headers: { 'retry-after': wait } }), {
      status: 'refused',
      text,
    });
  }
  const failed = { status: 'failed', code: 'TOOL_FAILED', text: 'The service failed with 503.' };
  assert.deepEqual(read({ status: 503 }), failed);
  assert.deepEqual(read({ status: 304, isRead: true }), {
    ...failed,
    text: 'The service failed with 304.',
  });
});

test("a proxy's refusal says whether the request was sent", () => {
  const body = (code: string) => ({
    type: 'application/json',
    body: JSON.stringify({ code, text: 'no' }),
  });
  const refused = { status: 'failed', code: 'EGRESS_HOST', text: 'no' };
  assert.deepEqual(read({ status: 403, ...body('EGRESS_HOST') }), refused);
  assert.equal(read({ status: 502, ...body('EGRESS_UPSTREAM') }), 'lost');
  const upstream = { status: 'failed', code: 'EGRESS_UPSTREAM', text: 'no' };
  assert.deepEqual(read({ status: 502, ...body('EGRESS_UPSTREAM'), isRead: true }), upstream);
  const other = read({ status: 200, ...body('EGRESS_HOST') });
  assert.ok(
    typeof other !== 'string' && other.status === 'done',
    'another status is not of the proxy',
  );
});

test('more than was allowed is said, and not shown', () => {
  const answer = readAnswer({ status: 200, headers: {} }, { method: 'GET', isRead: true, now: 0 });
  assert.deepEqual(answer, { type: 'oversize' });
});
