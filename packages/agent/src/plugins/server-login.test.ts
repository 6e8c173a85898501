import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openAccess } from './access/index.ts';
import { inMemory } from './access/fixtures/grants.ts';
import { startGuardedServer } from './access/fixtures/guarded-server.ts';
import type { GuardedServer } from './access/fixtures/guarded-server.ts';
import { systemClock } from './egress/fixtures/network.ts';
import type { PluginAnswer } from './connection.ts';
import { connectServer } from './server-connection.ts';
import type { ServerConnection } from './server-connection.ts';
import { loginToServer } from './server-login.ts';
import type { LoginToServerOptions } from './server-login.ts';

const { signal } = new AbortController();
const plugin = 'guarded';

interface Stage {
  readonly server: GuardedServer;
  readonly grants: ReturnType<typeof inMemory>;
  logIn(changes?: Partial<LoginToServerOptions>): ReturnType<typeof loginToServer>;
  /** As the running host does. */
  connect(): Promise<ServerConnection>;
}

async function stage(t: TestContext): Promise<Stage> {
  const server = await startGuardedServer(t);
  const grants = inMemory();
  const { url } = server;
  const { store } = grants;
  return {
    server,
    grants,
    logIn: (changes) =>
      loginToServer({
        plugin,
        url,
        grants: store,
        clock: systemClock,
        show: (place) => server.visit(place),
        signal,
        ...changes,
      }),
    connect: async () => {
      const access = openAccess({ plugin, url, grants: store, clock: systemClock });
      const connection = await connectServer({ type: 'url', url, access }, { clock: systemClock });
      t.after(() => connection.stop());
      return connection;
    },
  };
}

function call(connection: ServerConnection, tool: string): Promise<PluginAnswer> {
  const onService = (): Promise<never> => Promise.reject(new Error('none'));
  return connection.call({ tool, input: {}, signal, onService });
}

test('a person logs in once, and the host uses and refreshes what was granted', async (t) => {
  const { server, grants, logIn, connect } = await stage(t);
  await assert.rejects(connect(), { code: 'PLUGIN_LOGIN' });
  assert.ok(!server.seen.includes('POST /register'), 'nobody is there to log in');
  assert.deepEqual(await logIn(), { issuer: server.origin, scope: 'read', tools: 2 });
  const connection = await connect();
  assert.equal((await call(connection, 'read')).type, 'result');
  const before = grants.texts.get(plugin);
  server.tokens.clear();
  const answers = await Promise.all([1, 2, 3].map(() => call(connection, 'read')));
  assert.deepEqual(
    answers.map(({ type }) => type),
    ['result', 'result', 'result'],
  );
  assert.ok(server.seen.includes('POST /token refresh_token'));
  assert.equal(server.reused, 0, 'no refresh token is used twice');
  assert.notEqual(grants.texts.get(plugin), before);
  // What was refreshed is there for the next process.
  assert.equal((await call(await connect(), 'read')).type, 'result');
});

test('where access is over, the host says so, and goes on after the next login', async (t) => {
  const { server, logIn, connect } = await stage(t);
  await logIn();
  const connection = await connect();
  server.tokens.clear();
  server.refreshTokens.clear();
  const refused = await call(connection, 'read');
  assert.ok(refused.type === 'error');
  assert.match(refused.message, /no access to its server/);
  await logIn();
  assert.equal((await call(connection, 'read')).type, 'result');
});

test('scopes that were missing are asked for at the next login', async (t) => {
  const { server, logIn, connect } = await stage(t);
  await logIn();
  const connection = await connect();
  const refused = await call(connection, 'write');
  assert.ok(refused.type === 'error');
  assert.match(refused.message, /not enough/);
  assert.equal((await call(connection, 'read')).type, 'result', 'what it has still counts');
  const { scope } = await logIn();
  assert.deepEqual(server.scopes, ['read', 'read write']);
  assert.equal(scope, 'read write');
  assert.equal((await call(await connect(), 'write')).type, 'result');
});

test('a login that fails leaves what was kept before', async (t) => {
  const { server, grants, logIn } = await stage(t);
  await logIn();
  const before = grants.texts.get(plugin);
  server.refusal = 'access_denied';
  await assert.rejects(logIn(), { code: 'PLUGIN_LOGIN', message: /access_denied/ });
  delete server.refusal;
  server.issuer = 'https://evil.example.com';
  await assert.rejects(logIn(), { code: 'PLUGIN_LOGIN', message: /iss/i });
  const shown = new AbortController();
  const show = (): void => shown.abort(new Error('the window was closed'));
  await assert.rejects(logIn({ show, signal: shown.signal }), { message: /window was closed/ });
  assert.equal(grants.texts.get(plugin), before);
});

test('a client that was registered by hand is used at its own authorization server only', async (t) => {
  const { server, logIn } = await stage(t);
  await logIn({ client: { id: 'by-hand', issuer: server.origin } });
  assert.ok(!server.seen.includes('POST /register'));
  const elsewhere = { id: 'by-hand', issuer: 'https://other.example.com' };
  await assert.rejects(logIn({ client: elsewhere }), { code: 'PLUGIN_LOGIN' });
  assert.ok(!server.seen.includes('POST /register'));
});

test('requests of the login go the way that is given', async (t) => {
  const { server, logIn } = await stage(t);
  const asked: string[] = [];
  await logIn({
    headers: { 'x-kept': 'yes' },
    fetch: (url, init) => {
      asked.push(`${init?.method ?? 'GET'} ${new URL(url).pathname}`);
      return fetch(url, init);
    },
  });
  const [own] = asked;
  assert.equal(own, 'POST /mcp');
  for (const each of server.seen.filter((line) => !line.includes('/authorize'))) {
    assert.ok(asked.includes(each.split(' ').slice(0, 2).join(' ')), each);
  }
});
