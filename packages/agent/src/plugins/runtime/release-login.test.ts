import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest, permissions } from '@opencomputer/contracts';
import { inMemory } from '../access/fixtures/grants.ts';
import { startGuardedServer } from '../access/fixtures/guarded-server.ts';
import type { GuardedServer } from '../access/fixtures/guarded-server.ts';
import { systemClock } from '../egress/fixtures/network.ts';
import type { EgressEvent } from '../egress/index.ts';
import type { RunnableRelease } from '../manager/index.ts';
import { loginToRelease } from './release-login.ts';
import type { ReleaseLoginParts } from './release-login.ts';

const { signal } = new AbortController();

function releaseOf(given: object, network: readonly string[]): RunnableRelease {
  const least = { name: 'guarded', version: '1.0.0', framework_version: '*', description: 'Far.' };
  return {
    name: 'guarded',
    origin: 'local',
    version: '1.0.0',
    digest: `sha256:${'0'.repeat(64)}`,
    source: { type: 'folder', path: tmpdir() },
    consent: { permissions: permissions.parse({ network }), secrets: {}, at: 0 },
    directory: tmpdir(),
    manifest: manifest.parse({ ...least, permissions: { network }, ...given }),
  };
}

interface Stage {
  readonly server: GuardedServer;
  readonly host: string;
  readonly events: { readonly name: string }[];
  readonly grants: ReturnType<typeof inMemory>;
  readonly parts: ReleaseLoginParts;
}

async function stage(t: TestContext): Promise<Stage> {
  const server = await startGuardedServer(t);
  const { host } = new URL(server.origin);
  const grants = inMemory();
  const events: EgressEvent[] = [];
  const parts: ReleaseLoginParts = {
    clock: systemClock,
    places: { scratch: tmpdir(), environment: {} },
    grants: grants.store,
    configurationOf: () => ({ origin: server.origin }),
    localHostsOf: () => [host],
    secretOf: () => Promise.resolve(undefined),
    observe: (event) => {
      if (event.name !== 'sandbox-breach') events.push(event);
    },
  };
  return { server, host, events, grants, parts };
}

test('a person logs in to the server of a release, each request by the rules of the release', async (t) => {
  const { server, host, events, grants, parts } = await stage(t);
  const release = releaseOf({ runtime: 'mcp', url: server.url }, [`http://${host}`]);
  const show = (url: URL): Promise<void> => server.visit(url);
  const login = await loginToRelease(parts, release, { show, signal });
  assert.deepEqual(login, { issuer: server.origin, scope: 'read', tools: 2 });
  assert.ok(grants.texts.get('guarded')?.includes('access-'));
  assert.ok(events.length >= 6, 'discovery, registration, tokens, the server itself');
  assert.ok(events.every(({ name }) => name === 'egress-allow'));
});

test('a host that the release did not name is not asked, whoever points there', async (t) => {
  const { server, host, parts } = await stage(t);
  const release = releaseOf({ runtime: 'mcp', url: server.url }, [`http://${host}`]);
  const refusing = { ...parts, localHostsOf: () => [] };
  const show = (): void => assert.fail('nobody is sent anywhere');
  await assert.rejects(loginToRelease(refusing, release, { show, signal }), /not public/);
  assert.deepEqual(server.seen, []);
});

test('a release that is no server at an address has no login', async (t) => {
  const { parts } = await stage(t);
  const show = (): void => assert.fail('nobody is sent anywhere');
  const release = releaseOf({ runtime: 'node' }, []);
  await assert.rejects(loginToRelease(parts, release, { show, signal }), { code: 'PLUGIN_LOGIN' });
});
