import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import type { ChildSpecification } from '../child.ts';
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
