import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { refreshingOnce } from './single-refresh.ts';

const url = 'https://login.example.com/token';

function counted(): {
  readonly bodies: unknown[];
  readonly fetch: ReturnType<typeof refreshingOnce>;
  readonly clock: ReturnType<typeof createFakeClock>;
} {
  const bodies: unknown[] = [];
  const clock = createFakeClock();
  const fetch = refreshingOnce(async (_, init) => {
    bodies.push(init?.body);
    await Promise.resolve();
    return Response.json({ access_token: `t${bodies.length}` });
  }, clock);
  return { bodies, fetch, clock };
}

const refresh = (token: string): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
});

test('refreshes with one token that overlap are one request, each with an answer of its own', async () => {
  const { bodies, fetch } = counted();
  const answers = await Promise.all([1, 2, 3].map(() => fetch(url, refresh('one'))));
  const read = await Promise.all(answers.map((answer) => answer.json()));
  assert.deepEqual(read, [{ access_token: 't1' }, { access_token: 't1' }, { access_token: 't1' }]);
  assert.equal(bodies.length, 1);
});

test('who read the old token just before it was used gets what it was used for', async () => {
  const { bodies, fetch, clock } = counted();
  await fetch(url, refresh('one'));
  clock.forward(5_000);
  assert.deepEqual(await (await fetch(url, refresh('one'))).json(), { access_token: 't1' });
  assert.equal(bodies.length, 1);
});

test('a later refresh, or one with another token, is a request of its own', async () => {
  const { bodies, fetch, clock } = counted();
  await fetch(url, refresh('one'));
  await fetch(url, refresh('two'));
  assert.equal(bodies.length, 2);
  clock.forward(5_001);
  await fetch(url, refresh('one'));
  assert.equal(bodies.length, 3);
});

test('whatever is no refresh goes through as it is', async () => {
  const { bodies, fetch } = counted();
  const code = { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code' }) };
  await Promise.all([fetch(url, code), fetch(url, code), fetch(url), fetch(url)]);
  assert.equal(bodies.length, 4);
});

test('a refresh that failed or was refused does not stand in the way of the next', async () => {
  let calls = 0;
  const fetch = refreshingOnce(async () => {
    calls += 1;
    if (calls === 1) throw new TypeError('no way');
    return Response.json({}, { status: calls === 2 ? 503 : 200 });
  }, createFakeClock());
  await assert.rejects(fetch(url, refresh('one')), /no way/);
  assert.equal((await fetch(url, refresh('one'))).status, 503);
  assert.equal((await fetch(url, refresh('one'))).status, 200);
});
