import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { inMemory } from './fixtures/grants.ts';
import { logInToServer } from './login.ts';
import type { ServerLoginOptions } from './login.ts';

const url = 'https://mcp.example.com/';
const issuer = 'https://login.example.com';
const tokens = { access_token: 'a', token_type: 'Bearer', scope: 'read', issuer };

function optionsOf(given: Partial<ServerLoginOptions> = {}): ServerLoginOptions {
  const { store: grants } = inMemory();
  const { signal } = new AbortController();
  const show = (): void => assert.fail('nobody is sent anywhere');
  return { plugin: 'one', url, grants, clock: createFakeClock(), show, signal, ...given };
}

test('a server that asks for no login leaves nothing behind', async () => {
  const { store: grants, texts } = inMemory();
  const login = await logInToServer(optionsOf({ grants }), async (access) => {
    assert.equal(await access.logIn(() => assert.fail('nothing waits')), false);
  });
  assert.deepEqual(login, {});
  assert.equal(texts.size, 0);
});

test('a person is sent away once, comes back to the same place, and what is granted is told', async () => {
  const { store: grants, texts } = inMemory();
  const shown: URL[] = [];
  const show = async (place: URL): Promise<void> => {
    shown.push(place);
    const back = new URL(place.searchParams.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({
      code: 'c',
      state: place.searchParams.get('state') ?? '',
    }).toString();
    await (await fetch(back)).text();
  };
  const login = await logInToServer(optionsOf({ grants, show }), async ({ provider, logIn }) => {
    const asked = new URL(`${issuer}/authorize`);
    asked.searchParams.set('redirect_uri', String(provider.redirectUrl));
    asked.searchParams.set('state', (await provider.state?.()) ?? '');
    await provider.redirectToAuthorization(asked);
    const exchange = async (answer: URLSearchParams): Promise<void> => {
      assert.equal(answer.get('code'), 'c');
      await provider.saveTokens(tokens);
    };
    assert.equal(await logIn(exchange), true);
    assert.equal(await logIn(() => assert.fail('once')), false);
  });
  assert.deepEqual(login, { issuer, scope: 'read' });
  assert.equal(shown.length, 1);
  assert.deepEqual(JSON.parse(texts.get('one') ?? ''), { url, tokens });
});

test('whoever does not come back is not waited for longer than five minutes', async () => {
  const clock = createFakeClock();
  const show = (): void => clock.forward(300_000);
  const login = logInToServer(optionsOf({ clock, show }), async ({ provider, logIn }) => {
    await provider.state?.();
    await provider.redirectToAuthorization(new URL(`${issuer}/authorize`));
    await logIn(() => assert.fail('nobody came back'));
  });
  await assert.rejects(login, { code: 'PLUGIN_LOGIN', message: /in time/ });
});
