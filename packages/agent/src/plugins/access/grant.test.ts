import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inMemory } from './fixtures/grants.ts';
import { keepGrant, readGrant } from './grant.ts';

const url = 'https://mcp.example.com/';
const issuer = 'https://login.example.com';
const grant = {
  url,
  client: { client_id: 'c1', issuer, redirect_uris: ['http://127.0.0.1:1/callback'] },
  tokens: { access_token: 'a', token_type: 'Bearer', refresh_token: 'r', issuer },
  scope: 'read write',
};

test('a grant is read as it was kept, for its plugin and its address only', async () => {
  const { store } = inMemory();
  await keepGrant(store, 'one', grant);
  assert.deepEqual(await readGrant(store, 'one', url), grant);
  assert.deepEqual(await readGrant(store, 'two', url), { url });
  const moved = 'https://mcp.example.com/v2';
  assert.deepEqual(await readGrant(store, 'one', moved), { url: moved });
});

test('what is no grant is none', async () => {
  const texts = ['', '{', '[]', '{"url":1}', `{"url":"${url}","tokens":{"access_token":7}}`];
  for (const text of texts) {
    const { store } = inMemory({ one: text });
    assert.deepEqual(await readGrant(store, 'one', url), { url }, text);
  }
});
