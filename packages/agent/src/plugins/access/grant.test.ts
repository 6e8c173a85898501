import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretRequirement } from '@opencomputer/contracts';
import { inMemory } from './fixtures/grants.ts';
import { grantsIn, keepGrant, readGrant } from './grant.ts';

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

test('grants beside secrets have a name that no secret can have, and go with their plugin', async () => {
  const sealed = new Map<string, string>();
  const values = {
    get: async (plugin: string, name: string) => sealed.get(`${plugin}/${name}`),
    set: async (plugin: string, name: string, value: string) =>
      void sealed.set(`${plugin}/${name}`, value),
    delete: async (plugin: string, name: string) => sealed.delete(`${plugin}/${name}`),
  };
  const store = grantsIn(async () => values);
  await keepGrant(store, 'one', grant);
  assert.deepEqual(await readGrant(store, 'one', url), grant);
  const [place = ''] = sealed.keys();
  const name = place.split('/')[1];
  assert.equal(secretRequirement.shape.name.safeParse(name).success, false);
  await store.delete('one');
  assert.equal(sealed.size, 0);
});
