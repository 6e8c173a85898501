import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import * as channels from '../../channels/index.ts';
import * as core from '../../core/index.ts';
import * as plugins from '../../plugins/index.ts';
import * as policy from '../../policy/index.ts';
import * as store from '../../store/index.ts';
import { openBench } from '../fixtures/bench.ts';
import { openDriver } from './open-cluster.ts';
import type { DriverParts } from './open-cluster.ts';

async function partsFor(context: TestContext): Promise<DriverParts<unknown>> {
  const folders = { channels, core, plugins, policy, store };
  const { ports } = await openBench(context, folders, { clock: createFakeClock() });
  const sealing = {
    hash: (purpose: string) => purpose.padEnd(64, '0'),
    person: async () => ({ deriveKey: () => new Uint8Array(32) }),
  } as unknown as DriverParts<unknown>['store']['sealing'];
  return {
    ports,
    store: { sealing, directory: { file: (name) => name } },
    person: 'ann',
    fireTimers: async () => 1_000,
    graceMs: 10,
    load: () => Promise.reject(new Error('Cannot find it')),
  };
}

const cluster = { databaseUrl: 'postgresql://db/x', address: 'a:1' };

test('a process that is alone needs no engine', async (context) => {
  const driver = await openDriver(await partsFor(context));
  assert.equal(driver.running(), 0);
});

test('an engine that cannot be loaded is named, with the reason', async (context) => {
  const parts = { ...(await partsFor(context)), cluster: { ...cluster, roles: [] } };
  await assert.rejects(openDriver(parts), { code: 'ENGINE_MISSING', message: /Cannot find it/ });
  const empty = { ...parts, load: async () => ({}) };
  await assert.rejects(openDriver(empty), { code: 'ENGINE_MISSING', message: /no openEngine/ });
});

test('only a worker is given steps, and has the timers looked at', async (context) => {
  const parts = await partsFor(context);
  const seen: string[] = [];
  const load = async () => ({
    openEngine: async ({ steps, address }: { steps?: unknown; address: string }) => {
      seen.push(`${address} ${steps === undefined ? 'no steps' : 'steps'}`);
      return { wakeTimers: async () => void seen.push('timers') };
    },
  });
  await openDriver({ ...parts, load, cluster: { ...cluster, roles: ['gateway'] } });
  await openDriver({ ...parts, load, cluster: { ...cluster, roles: ['worker'] } });
  assert.deepEqual(seen, ['a:1 no steps', 'a:1 steps', 'timers']);
});
