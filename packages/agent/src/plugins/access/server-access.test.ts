import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { inMemory } from './fixtures/grants.ts';
import { keepGrant } from './grant.ts';
import { openAccess } from './server-access.ts';

const url = 'https://mcp.example.com/';
const issuer = 'https://login.example.com';
const tokens = { access_token: 'a', token_type: 'Bearer', issuer };
const client = { client_id: 'c', issuer };

test('the host uses what was granted, sends nobody anywhere, and notices a later login', async () => {
  const { store: grants } = inMemory();
  const access = openAccess({ plugin: 'one', url, grants, clock: createFakeClock() });
  assert.equal(await access.provider.tokens(), undefined);
  await assert.rejects(async () => access.provider.clientInformation(), { code: 'PLUGIN_LOGIN' });
  assert.equal(await access.logIn(() => assert.fail('nothing to exchange')), false);
  await keepGrant(grants, 'one', { url, client, tokens });
  assert.deepEqual(await access.provider.tokens(), tokens);
});

test('tokens for another address are none', async () => {
  const { store: grants } = inMemory();
  await keepGrant(grants, 'one', { url: 'https://elsewhere.org/', client, tokens });
  const access = openAccess({ plugin: 'one', url, grants, clock: createFakeClock() });
  assert.equal(await access.provider.tokens(), undefined);
});
