import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { AgentError, isAgentError } from '@opencomputer/contracts';
import { attacks } from './fixtures/registry-attacks.ts';
import { dayMs, startRegistryOfPlugins } from './fixtures/registry-of-plugins.ts';
import type { RegistryOfPlugins } from './fixtures/registry-of-plugins.ts';
import { refreshIndex } from './index-client.ts';

const { signal } = new AbortController();
const refused = (problem: RegExp) => (error: unknown) =>
  isAgentError(error, 'PLUGIN_INDEX') && problem.test(error.message);

/** Runs with a registry whose client has seen root 1 and index 5. */
async function withRegistry(run: (registry: RegistryOfPlugins) => Promise<void>): Promise<void> {
  const registry = await startRegistryOfPlugins();
  try {
    await registry.root(1);
    await registry.index(5);
    assert.equal((await registry.refresh()).index.version, 5);
    await run(registry);
  } finally {
    await registry.close();
  }
}

describe('an attack on the index of a registry is refused', () => {
  for (const { name, problem, serve, isNew } of attacks) {
    it(name, () =>
      withRegistry(async (registry) => {
        await serve(registry);
        await assert.rejects(registry.refresh(isNew === true ? 'new' : 'client'), refused(problem));
      }),
    );
  }

  it('roots without end', () =>
    withRegistry(async (registry) => {
      for (let version = 2; version <= 102; version += 1) await registry.root(version);
      await assert.rejects(registry.refresh(), refused(/more than 100 new roots/));
    }));
});

describe('a client of a registry', () => {
  it('follows keys through rotations, from the first root and from the last seen', () =>
    withRegistry(async (registry) => {
      await registry.root(2, { root: ['root-2'], signers: ['root', 'root-2'] });
      await registry.root(3, {
        root: ['root-3', 'root-4'],
        rootThreshold: 2,
        index: ['index-3'],
        signers: ['root-2', 'root-3', 'root-4'],
      });
      await registry.index(6, { signers: ['index-3'] });
      assert.equal((await registry.refresh()).index.version, 6);
      assert.equal((await registry.refresh('new')).index.version, 6);
    }));

  it('gets over a version that a thief ran up, once the key is replaced; and only once', () =>
    withRegistry(async (registry) => {
      await registry.index(Number.MAX_SAFE_INTEGER);
      await registry.refresh();
      await registry.root(2, { index: ['new-index'] });
      await registry.index(8, { signers: ['new-index'] });
      assert.equal((await registry.refresh()).index.version, 8);
      await registry.index(7, { signers: ['new-index'] });
      await assert.rejects(registry.refresh(), refused(/older than 8/));
    }));

  it('goes on with the last good index without a network, until it expires', () =>
    withRegistry(async (registry) => {
      const down = (): Promise<never> =>
        Promise.reject(new AgentError('PLUGIN_SOURCE', { reference: 'it', problem: 'ENOTFOUND' }));
      const client = await registry.client('client', { read: () => down });
      const offline = await refreshIndex(client, signal);
      assert.equal(offline.index.version, 5);
      assert.match(offline.offline ?? '', /ENOTFOUND/);
      registry.clock.time += 31 * dayMs;
      await assert.rejects(refreshIndex(client, signal), refused(/expired/));
      const fresh = await registry.client('never', { read: () => down });
      await assert.rejects(refreshIndex(fresh, signal), refused(/ENOTFOUND/));
    }));

  it('does not go on with an index of a key that was taken away', () =>
    withRegistry(async (registry) => {
      await registry.root(2, { index: ['new-index'] });
      registry.documents.delete('index.json');
      await assert.rejects(registry.refresh(), refused(/no index/));
      const down = (): Promise<never> =>
        Promise.reject(new AgentError('PLUGIN_SOURCE', { reference: 'it', problem: 'down' }));
      const client = await registry.client('client', { read: () => down });
      await assert.rejects(refreshIndex(client, signal), refused(/0 of 1 signatures/));
    }));

  it('does not forget what it saw when its file is damaged', () =>
    withRegistry(async (registry) => {
      const { file } = await registry.client();
      await writeFile(file, (await readFile(file, 'utf8')).slice(0, 50));
      await registry.index(4);
      await assert.rejects(registry.refresh(), refused(/is damaged/));
    }));

  it('keeps the later of two looks at once', () =>
    withRegistry(async (registry) => {
      const slow = await registry.client('client', {
        read: () => async (name) => {
          const text = registry.documents.get(name);
          if (name !== 'index.json') return text;
          // Another process sees a later one while this one reads.
          await registry.index(9);
          await registry.refresh();
          return text;
        },
      });
      assert.equal((await refreshIndex(slow, signal)).index.version, 5);
      await registry.index(8);
      await assert.rejects(registry.refresh(), refused(/older than 9/));
    }));
});
