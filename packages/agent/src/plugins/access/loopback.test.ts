import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openLoopback } from './loopback.ts';
import type { Loopback } from './loopback.ts';

const forever = new AbortController().signal;

async function opened(t: TestContext): Promise<Loopback> {
  const loopback = await openLoopback();
  t.after(() => loopback.close());
  return loopback;
}

const visit = async (url: string, init?: RequestInit): Promise<number> => {
  const answer = await fetch(url, init);
  await answer.text();
  return answer.status;
};

test('a browser that brings the state is thanked, and its parameters are the answer', async (t) => {
  const loopback = await opened(t);
  assert.match(loopback.redirectUrl, /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  const state = loopback.newState();
  const answer = loopback.answer(forever);
  const response = await fetch(`${loopback.redirectUrl}?code=c1&state=${state}&iss=https://a.org`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.doesNotMatch(await response.text(), /c1/);
  const parameters = await answer;
  assert.equal(parameters.get('code'), 'c1');
  assert.equal(parameters.get('iss'), 'https://a.org');
});

test('no state, another, two of them, an older one and a used one are refused', async (t) => {
  const loopback = await opened(t);
  const { redirectUrl } = loopback;
  assert.equal(await visit(`${redirectUrl}?code=c&state=`), 400);
  const older = loopback.newState();
  const state = loopback.newState();
  assert.notEqual(older, state);
  const wrong = ['', '?code=c', '?state=x', `?state=${older}`, `?state=${state}&state=${state}`];
  for (const query of wrong) assert.equal(await visit(`${redirectUrl}${query}`), 400, query);
  assert.equal(await visit(`${redirectUrl}?state=${state}&code=right`), 200);
  assert.equal(await visit(`${redirectUrl}?state=${state}&code=again`), 400);
  assert.equal((await loopback.answer(forever)).get('code'), 'right');
});

test('other paths, methods and names of this place are refused', async (t) => {
  const loopback = await opened(t);
  const state = loopback.newState();
  const { port, origin } = new URL(loopback.redirectUrl);
  assert.equal(await visit(`${origin}/other?state=${state}`), 404);
  assert.equal(await visit(`${loopback.redirectUrl}?state=${state}`, { method: 'POST' }), 405);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const path = `/callback?state=${state}`;
  request(
    { host: '127.0.0.1', port, path, headers: { host: `evil.example:${port}` } },
    (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    },
  ).end();
  assert.equal(await promise, 421);
});

test('waiting ends with its signal', async (t) => {
  const loopback = await opened(t);
  loopback.newState();
  const controller = new AbortController();
  const waiting = loopback.answer(controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(loopback.answer(controller.signal), /enough/);
});
