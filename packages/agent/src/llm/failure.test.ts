import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import { toFailure } from './failure.ts';

const origin = { model: 'm-1', now: 0 };

function apiError(statusCode: number, body: object = {}, responseHeaders: object = {}): Error {
  return Object.assign(new Error('words of the provider'), {
    name: 'AI_APICallError',
    statusCode,
    responseHeaders,
    responseBody: JSON.stringify(body),
  });
}

const cases: [string, unknown, string, boolean, boolean][] = [
  ['402', apiError(402), 'MODEL_BILLING', false, true],
  ['401', apiError(401), 'MODEL_AUTHENTICATION', false, true],
  ['403', apiError(403), 'MODEL_AUTHENTICATION', false, true],
  ['404', apiError(404), 'MODEL_REQUEST', false, false],
  ['408', apiError(408), 'MODEL_SERVER', true, true],
  ['409', apiError(409), 'MODEL_SERVER', true, true],
  ['413', apiError(413), 'MODEL_CONTEXT', false, false],
  ['422', apiError(422), 'MODEL_REQUEST', false, false],
  ['429', apiError(429), 'MODEL_RATE_LIMITED', true, true],
  ['500', apiError(500), 'MODEL_SERVER', true, true],
  ['503', apiError(503), 'MODEL_OVERLOADED', true, true],
  ['529', apiError(529), 'MODEL_OVERLOADED', true, true],
  ['a kind inside a stream', { type: 'overloaded_error' }, 'MODEL_OVERLOADED', true, true],
  ['an error of a stream', { error: { type: 'server_error' } }, 'MODEL_SERVER', true, true],
  [
    'a window by its code',
    apiError(400, { error: { code: 'context_length_exceeded' } }),
    'MODEL_CONTEXT',
    false,
    false,
  ],
  ['a broken answer', new TypeError('cannot read'), 'MODEL_ANSWER', true, true],
  ['a text that was thrown', 'what?', 'MODEL_ANSWER', true, true],
];

for (const [name, cause, code, retry, counts] of cases) {
  test(`${name}: ${code}`, () => {
    const failure = toFailure(cause, origin);
    assert.equal(failure.error.code, code);
    assert.equal(failure.retry, retry);
    assert.equal(failure.counts, counts);
    assert.match(failure.error.message, /m-1/);
    assert.equal(failure.error.cause, cause);
  });
}

test('errors of sockets are found at the end of a chain of causes', () => {
  const socket = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const cause = new Error('outer', { cause: new Error('in', { cause: socket }) });
  const said = (baseUrl?: string) => toFailure(cause, { ...origin, baseUrl }).error.message;
  assert.equal(said(), 'm-1 cannot be reached: nothing listens at its server (ECONNREFUSED).');
  assert.equal(
    said('http://ada:secret@127.0.0.1:9/v1'),
    'm-1 cannot be reached: nothing listens at 127.0.0.1:9 (ECONNREFUSED).',
  );
});

test('the codes of a network are told in words, and an unknown one as it is', () => {
  const said = (code: string) => {
    const cause = Object.assign(new Error('x'), { code });
    return toFailure(cause, { ...origin, baseUrl: 'https://h/v1' }).error.details['problem'];
  };
  assert.equal(said('ENOTFOUND'), 'the name of h is not known (ENOTFOUND)');
  assert.equal(said('CERT_HAS_EXPIRED'), 'the certificate of h is not trusted (CERT_HAS_EXPIRED)');
  assert.equal(said('ESTRANGE'), 'ESTRANGE');
});

test('an answer in another form is told without the name of a class', () => {
  const { error } = toFailure(new TypeError('cannot read'), { ...origin, baseUrl: 'http://h/v1' });
  assert.equal(error.details['problem'], 'what h sends is not the answer of a model');
});

test('a chain of causes that never ends is followed only so far', () => {
  const first = new Error('first');
  const second = new Error('second', { cause: first });
  first.cause = second;
  assert.equal(toFailure(second, origin).error.code, 'MODEL_ANSWER');
});

test('an error of ours keeps its code and is told for the model', () => {
  const own = new AgentError('MODEL_TIMEOUT', { seconds: 7 });
  const failure = toFailure(new Error('wrapped', { cause: own }), origin);
  assert.equal(failure.error.message, 'm-1 did not answer within 7 s.');
});

test('a refused key is a missing one where none was sent', () => {
  const missing = new AgentError('MODEL_KEY_MISSING', { model: 'm-1', problem: 'K is not set' });
  const withoutKey = () => missing;
  assert.equal(toFailure(apiError(401), { ...origin, withoutKey }).error, missing);
  assert.equal(toFailure(apiError(402), { ...origin, withoutKey }).error.code, 'MODEL_BILLING');
});

test('what the provider says in words never reaches the message', () => {
  const body = { error: { message: 'Alice wrote: my secret', type: 'invalid_request_error' } };
  const { error } = toFailure(apiError(400, body), origin);
  assert.equal(error.message, 'm-1 refused the request: HTTP 400, invalid_request_error.');
});

test('the wait and the window that the provider names are passed on', () => {
  const limited = toFailure(apiError(429, {}, { 'retry-after': '12' }), origin);
  assert.equal(limited.waitMs, 12_000);
  assert.equal(limited.error.retryAfterSeconds, 12);
  const windows = [
    "This model's maximum context length is 8192 tokens. However, you requested 9000",
    'prompt is too long: 213462 tokens > 200000 maximum',
    'the request exceeds the available context size (4096 tokens), try increasing it',
  ];
  const found = windows.map((message) => toFailure(apiError(400, { error: { message } }), origin));
  assert.deepEqual(
    found.map(({ error, contextTokens }) => [error.code, contextTokens]),
    [
      ['MODEL_CONTEXT', 8192],
      ['MODEL_CONTEXT', 200_000],
      ['MODEL_CONTEXT', 4096],
    ],
  );
});
