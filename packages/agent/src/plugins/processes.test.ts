import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError, permissions, toolDeclaration } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import { startDeadline } from './deadline.ts';
import { probeManifest } from './fixtures/harness.ts';
import type { RunnableRelease } from './manager/index.ts';
import { PluginProcesses } from './processes.ts';
import type { ReleaseConnection, StartRelease } from './release.ts';
import type { PluginEvent } from './supervisor.ts';

const release = (digest: string): RunnableRelease => ({
  name: 'probe',
  origin: 'local',
  version: '1.0.0',
  digest,
  source: { type: 'folder', path: '/home/ada/probe' },
  consent: { permissions: permissions.parse({}), secrets: {}, at: 0 },
  directory: `/data/${digest}`,
  manifest: probeManifest({}),
});

const startable = (digest: string) =>
  ({ kind: 'release', name: 'probe', release: release(digest) }) as const;

function processesOf(connection: Partial<ReleaseConnection> = {}): PluginProcesses {
  return processesBy(() =>
    Promise.resolve({
      call: () => Promise.resolve({ type: 'oversize' } as const),
      lost: new Promise<string>(() => undefined),
      isLost: false,
      stop: () => Promise.resolve(),
      kill: () => Promise.resolve(),
      log: 'a line',
      ...connection,
    }),
  );
}

function processesBy(startRelease: StartRelease, events: PluginEvent[] = []): PluginProcesses {
  return new PluginProcesses({
    clock: createFakeClock(),
    places: { node: 'node', scratch: '/none', environment: {} },
    startRelease,
    prior: () => undefined,
    observe: (event) => events.push(event),
  });
}

test('each release has a supervisor of its own, until it is no longer run', () => {
  const processes = processesOf();
  const [one, two] = [processes.of(startable('a')), processes.of(startable('b'))];
  assert.notEqual(one, two);
  assert.equal(processes.of(startable('a')), one);
  processes.retireAllBut([release('b')]);
  assert.equal(processes.of(startable('b')), two);
  assert.notEqual(processes.of(startable('a')), one);
});

test('a plugin whose name begins like another one is not taken for it', () => {
  const processes = processesOf();
  processes.of(startable('a'));
  assert.equal(processes.isRunning('pro'), false);
  assert.equal(processes.log('pro'), '');
});

test('what cannot list its tools is ended and said', async () => {
  let stopped = 0;
  const processes = processesOf({
    stop: () => {
      stopped += 1;
      return Promise.resolve();
    },
  });
  await assert.rejects(processes.connectToList(startable('a')), { code: 'PLUGIN_START' });
  assert.equal(stopped, 1);
});

test('that nobody is logged in is said as it is, and counts as no crash however often', async () => {
  const declared = { name: 'probe_read', description: 'Reads.', input: {}, effect: 'read' };
  const events: PluginEvent[] = [];
  const problem = 'nobody has logged in yet';
  const refusal = new AgentError('PLUGIN_LOGIN', { plugin: 'probe', problem });
  const processes = processesBy(() => Promise.reject(refusal), events);
  const supervisor = processes.of(startable('a'));
  for (let count = 0; count < 6; count += 1) {
    const outcome = await supervisor.call({
      declaration: toolDeclaration.parse(declared),
      tool: 'read',
      input: {},
      access: { folders: [], storage: [] },
      deadline: startDeadline(createFakeClock(), 1_000, new AbortController().signal),
      onService: () => Promise.reject(new Error('none')),
    });
    assert.equal(outcome.status === 'failed' && outcome.code, 'PLUGIN_LOGIN');
  }
  assert.deepEqual(events, []);
});

test('after the stop nothing is started', async () => {
  const processes = processesOf();
  await processes.stop();
  await assert.rejects(processes.connectToList(startable('a')), { code: 'SERVICE_STOPPING' });
});
