import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { createGuardedFetch } from '../guarded-fetch.ts';
import type { Fetch } from '../guarded-fetch.ts';
import { createOciClient } from './oci-client.ts';
import type { OciClient } from './oci-client.ts';
import type { OciCredentials } from './oci-login.ts';
import { parseOciReference } from './oci-reference.ts';

interface Seen {
  readonly url: string;
  readonly authorization: string | undefined;
}

const realm = 'https://login.example/token';
const bearer = `Bearer realm="${realm}",service="registry.example",scope="repository:a:pull"`;
const reference = parseOciReference('registry.example/a:1');
const { signal } = new AbortController();

/** A registry that asks for `wanted` in the header, by this challenge. */
function registryWith(
  wanted: string,
  challenge: string,
  { credentials, token = 'abc' }: { credentials?: OciCredentials; token?: string | null } = {},
): { client: OciClient; seen: Seen[] } {
  const seen: Seen[] = [];
  const fetch: Fetch = async (url, { headers }) => {
    seen.push({ url, authorization: headers['authorization'] });
    if (url.startsWith(realm)) {
      return token === null
        ? new Response('no', { status: 403 })
        : Response.json({ token, expires_in: 60 });
    }
    if (headers['authorization'] !== wanted) {
      return new Response('', { status: 401, headers: { 'www-authenticate': challenge } });
    }
    return Response.json({ tags: ['1'] });
  };
  const limits = { redirectsMax: 3, requestMsMax: 1_000 };
  const client = createOciClient({
    fetch: createGuardedFetch({ fetch, clock: createFakeClock() }, limits),
    credentials: (host) => (host === 'registry.example' ? credentials : undefined),
    insecureHosts: new Set(),
  });
  return { client, seen };
}

it('fetches a token without a name, and uses it again', async () => {
  const { client, seen } = registryWith('Bearer abc', bearer);
  assert.deepEqual(await client.tags(reference, signal), ['1']);
  assert.deepEqual(await client.tags(reference, signal), ['1']);
  const asked = `${realm}?service=registry.example&scope=repository%3Aa%3Apull`;
  assert.deepEqual(
    seen.map(({ url }) => url.replace('https://registry.example/v2/a/tags/list?n=1000', 'tags')),
    ['tags', asked, 'tags', 'tags'],
  );
  assert.equal(seen[1]?.authorization, undefined);
});

it('gives the name and password of that registry to its login', async () => {
  const credentials = { username: 'me', password: 'secret' };
  const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  const { client, seen } = registryWith('Bearer abc', bearer, { credentials });
  await client.tags(reference, signal);
  assert.equal(seen[1]?.authorization, basic);
  const plain = registryWith(basic, 'Basic realm="x"', { credentials });
  assert.deepEqual(await plain.client.tags(reference, signal), ['1']);
});

const hopeless: Readonly<Record<string, () => { client: OciClient }>> = {
  'its login refuses': () => registryWith('Bearer abc', bearer, { token: null }),
  'its token is none': () => registryWith('Bearer abc', bearer, { token: 'a\nb' }),
  'it wants a name that nobody has': () => registryWith('Basic x', 'Basic realm="x"'),
  'it asks in an unknown way': () => registryWith('x', 'Negotiate'),
  'its login is not secure': () =>
    registryWith('Bearer abc', 'Bearer realm="http://login.example/token"'),
  'its login is nowhere': () => registryWith('Bearer abc', 'Bearer service="x"'),
};
for (const [why, make] of Object.entries(hopeless)) {
  it(`gives up when ${why}`, async () => {
    await assert.rejects(make().client.tags(reference, signal), { code: 'PLUGIN_SOURCE' });
  });
}
