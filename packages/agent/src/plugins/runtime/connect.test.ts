import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import type { GrantStore } from '../access/index.ts';
import type { ChildSpecification } from '../child.ts';
import { createTestNetwork } from '../egress/fixtures/network.ts';
import type { TestNetwork } from '../egress/fixtures/network.ts';
import { connectRelease } from './connect.ts';
import type { ConnectParts } from './connect.ts';

const least = {
  name: 'probe',
  version: '1.0.0',
  framework_version: '*',
  description: 'Probes.',
};

async function partsOf(
  t: TestContext,
  given: object,
): Promise<ConnectParts & { enclosed: ChildSpecification[] }> {
  const root = await mkdtemp(join(tmpdir(), 'connect-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const enclosed: ChildSpecification[] = [];
  return {
    manifest: manifest.parse({ ...least, ...given }),
    values: { root, data: root, configuration: {}, environment: {} },
    proxy: undefined,
    clock: createFakeClock(),
    storage: {
      get: () => Promise.resolve(undefined),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(),
    },
    grants: undefined,
    node: process.execPath,
    prior: undefined,
    plain: () => ({
      command: '/bin/sh',
      arguments: ['-c', 'cat >/dev/null; echo "$0"'],
      environment: {},
      directory: root,
      lineBytesMax: 10_000,
    }),
    enclose: (specification) => {
      enclosed.push(specification);
      return Promise.resolve(specification);
    },
    enclosed,
  };
}

test('each run of a command is enclosed with its tool as the last argument', async (t) => {
  const parts = await partsOf(t, { runtime: 'command', command: ['sh'] });
  const connection = await connectRelease(parts);
  assert.equal(parts.enclosed.length, 0);
  const { signal } = new AbortController();
  const onService = (): never => assert.fail('no service');
  const answer = await connection.call({ tool: 'probe_read', input: {}, signal, onService });
  assert.equal(answer.type, 'result');
  assert.match(JSON.stringify(answer), /probe_read/);
  assert.equal(parts.enclosed[0]?.arguments.at(-1), 'probe_read');
  await connection.stop();
});

test('a module is run by our Node, enclosed, and nothing runs before a call', async (t) => {
  const parts = await partsOf(t, { runtime: 'wasm', entry: 'probe.wasm' });
  const connection = await connectRelease(parts);
  const { signal } = new AbortController();
  const onService = (): never => assert.fail('no service');
  await connection.call({ tool: 'probe_read', input: {}, signal, onService });
  assert.equal(parts.enclosed[0]?.command, process.execPath);
  assert.ok(parts.enclosed[0]?.arguments.includes(join(parts.values.root, 'probe.wasm')));
});

test('an address without a host in the consent is not reached', async (t) => {
  const url = 'https://api.example.com';
  const parts = await partsOf(t, { runtime: 'http', url, openapi: 'openapi.yaml' });
  await writeFile(join(parts.values.root, 'openapi.yaml'), 'openapi: 3.1.0');
  await assert.rejects(connectRelease(parts), /not in permissions\.network/);
});

test('a runtime that this machine has nothing for is said by its name', async (t) => {
  const image = `a.org/b@sha256:${'a'.repeat(64)}`;
  const parts = await partsOf(t, { runtime: 'oci', image });
  await assert.rejects(connectRelease(parts), /runtime oci is not supported/);
  assert.equal(parts.enclosed.length, 0);
});

const url = 'https://mcp.example.com/mcp';
const address = '93.184.216.34:443';

interface Seen {
  readonly method: string | undefined;
  readonly key: unknown;
  readonly authorization: string | undefined;
}

/** A server of the newest revision, its results as streams. */
async function serve(network: TestNetwork): Promise<Seen[]> {
  const seen: Seen[] = [];
  await network.secure(address, (request, response) => {
    void text(request).then((body) => {
      const { id, method } = JSON.parse(body) as { id?: number; method?: string };
      const { 'x-key': key, authorization } = request.headers;
      seen.push({ method, key, authorization });
      const discovered = {
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        serverInfo: { name: 'far', version: '1.0.0' },
      };
      const content = [{ type: 'text', text: `the key is ${String(key)}` }];
      const result = {
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
        ...(method === 'server/discover' ? discovered : { content }),
      };
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
    });
  });
  return seen;
}

const keyed = {
  runtime: 'mcp',
  url,
  requires: { secrets: [{ name: 'key', description: 'A key.', hosts: ['mcp.example.com'] }] },
  permissions: { network: ['mcp.example.com'] },
};
const withKey = {
  secrets: [{ name: 'key', hosts: ['mcp.example.com'] }],
  secret: async () => 'hunter22',
};

test('a server at an address is spoken to through the proxy, with the headers of the manifest', async (t) => {
  const network = createTestNetwork(t);
  const seen = await serve(network);
  const parts = await partsOf(t, {
    ...keyed,
    configuration: { type: 'object', properties: { none: { type: 'string' } } },
    headers: { 'X-Key': '{{secret:key}}', 'X-None': '${configuration.none}' },
  });
  const proxy = network.proxy(withKey);
  const connection = await connectRelease({ ...parts, proxy });
  const { signal } = new AbortController();
  const onService = (): never => assert.fail('no service');
  const answer = await connection.call({ tool: 'say', input: {}, signal, onService });
  assert.ok(answer.type === 'result');
  assert.deepEqual(answer.result['content'], [{ type: 'text', text: 'the key is {{secret:key}}' }]);
  assert.deepEqual(
    seen.map(({ method, key }) => [method, key]),
    [
      ['server/discover', 'hunter22'],
      ['tools/call', 'hunter22'],
    ],
  );
  assert.ok(
    network.events.every(({ name, host }) => name === 'egress-allow' && host === 'mcp.example.com'),
  );
  await connection.stop();
});

test('what a person was granted is sent, unless the manifest brings a key of its own', async (t) => {
  const network = createTestNetwork(t);
  const seen = await serve(network);
  const tokens = { access_token: 'granted', token_type: 'Bearer', issuer: 'https://a.org' };
  const grants: GrantStore = {
    get: async () => JSON.stringify({ url, tokens }),
    set: async () => undefined,
    delete: async () => undefined,
  };
  for (const headers of [{}, { authorization: 'Bearer {{secret:key}}' }]) {
    const parts = await partsOf(t, { ...keyed, headers });
    const connection = await connectRelease({ ...parts, grants, proxy: network.proxy(withKey) });
    await connection.stop();
  }
  assert.deepEqual(
    seen.map(({ authorization }) => authorization),
    ['Bearer granted', 'Bearer hunter22'],
  );
});

test('a server at an address that the consent does not name is not reached', async (t) => {
  const network = createTestNetwork(t);
  const parts = await partsOf(t, { ...keyed, url: 'https://other.org/mcp' });
  const connecting = connectRelease({ ...parts, proxy: network.proxy(withKey) });
  await assert.rejects(connecting, /may not reach other\.org/);
  assert.deepEqual(network.dialled, []);
});
