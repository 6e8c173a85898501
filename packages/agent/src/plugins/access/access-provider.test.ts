import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessProvider } from './access-provider.ts';
import type { ProviderParts } from './access-provider.ts';
import type { Grant } from './grant.ts';

const url = 'https://mcp.example.com/';
const issuer = 'https://login.example.com';
const client = { client_id: 'c1', issuer };
const tokens = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r', issuer };
const login = { redirectUrl: 'http://127.0.0.1:9/callback', newState: () => 's1' };
const needsLogin = { code: 'PLUGIN_LOGIN' };

function made(
  grant: Grant,
  parts: Partial<ProviderParts> = {},
): { readonly provider: AccessProvider; readonly kept: Grant[] } {
  const kept: Grant[] = [];
  const provider = new AccessProvider({
    plugin: 'probe',
    read: async () => kept.at(-1) ?? grant,
    keep: async (each) => void kept.push(each),
    ...parts,
  });
  return { provider, kept };
}

const asked = (scope: string): URL => new URL(`${issuer}/authorize?scope=${scope}`);

test('where nobody can log in, there is no registration and no other authorization server', async () => {
  await assert.rejects(made({ url }).provider.clientInformation({ issuer }), needsLogin);
  const { provider } = made({ url, client, tokens });
  assert.deepEqual(await provider.clientInformation({ issuer }), client);
  const other = { issuer: 'https://other.example.com' };
  await assert.rejects(provider.clientInformation(other), needsLogin);
});

test('where nobody can log in, the rights that were missing are kept for the next login', async () => {
  const { provider, kept } = made({ url, client, tokens, scope: 'read' });
  await assert.rejects(provider.redirectToAuthorization(asked('write')), needsLogin);
  assert.deepEqual(kept, [{ url, client, tokens, scope: 'write read' }]);
  assert.equal(provider.pending, undefined);
});

test('a login asks for what is asked for now and what was missing before', async () => {
  const { provider, kept } = made({ url, scope: 'write' }, { login });
  await provider.redirectToAuthorization(asked('read'));
  assert.equal(provider.pending?.searchParams.get('scope'), 'read write');
  assert.deepEqual(kept, []);
  assert.equal(provider.state(), 's1');
  assert.deepEqual(provider.clientMetadata.redirect_uris, [login.redirectUrl]);
});

test('nobody is sent to a page that is not reached by https, but on this machine', async () => {
  for (const place of ['http://login.example.com/', 'file:///etc/passwd', 'ftp://127.0.0.1/']) {
    const { provider } = made({ url }, { login });
    await assert.rejects(provider.redirectToAuthorization(new URL(place)), needsLogin, place);
    assert.equal(provider.pending, undefined);
  }
  const { provider } = made({ url }, { login });
  await provider.redirectToAuthorization(new URL('http://127.0.0.1:8080/authorize'));
  assert.equal(provider.pending?.port, '8080');
});

test('a registration is kept with its tokens, not before, and settles what was missing', async () => {
  const { provider, kept } = made({ url, scope: 'write' }, { login });
  await provider.saveClientInformation(client);
  assert.deepEqual(kept, []);
  await provider.saveTokens(tokens);
  assert.deepEqual(kept, [{ url, client, tokens }]);
  assert.deepEqual(await provider.tokens(), tokens);
});

test('a client registered by hand is the only one, at its authorization server only', async () => {
  const { provider, kept } = made(
    { url, client: { ...client, client_id: 'old' } },
    { login, registered: client },
  );
  assert.deepEqual(await provider.clientInformation({ issuer }), client);
  await assert.rejects(
    provider.clientInformation({ issuer: 'https://other.example.com' }),
    needsLogin,
  );
  await provider.invalidateCredentials('client');
  assert.deepEqual(await provider.clientInformation({ issuer }), client);
  await provider.saveTokens(tokens);
  assert.deepEqual(kept, [{ url, client, tokens }]);
});

test('what was discovered counts for the answer to a login only', async () => {
  const { provider } = made({ url }, { login });
  provider.saveDiscoveryState({ authorizationServerUrl: issuer });
  assert.equal(provider.discoveryState(), undefined);
  await provider.answered(async () => {
    assert.deepEqual(provider.discoveryState(), { authorizationServerUrl: issuer });
  });
  const failing = provider.answered(() => Promise.reject(new Error('no')));
  await assert.rejects(failing, /no/);
  assert.equal(provider.discoveryState(), undefined);
});

test('what no longer counts is forgotten, and the rest stays', async () => {
  const { provider } = made({ url, client, tokens }, { login });
  await provider.invalidateCredentials('tokens');
  assert.equal(await provider.tokens(), undefined);
  assert.deepEqual(await provider.clientInformation(), client);
  provider.saveCodeVerifier('v');
  assert.equal(provider.codeVerifier(), 'v');
  await provider.invalidateCredentials('all');
  assert.equal(await provider.clientInformation(), undefined);
  assert.throws(() => provider.codeVerifier(), /no login waits/);
});
