import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import type { JsonObject, ToolHandler, ToolOutcome } from '@opencomputer/contracts';
import { createFakeClock } from '@opencomputer/testkit';
import { createPluginHost } from '../plugins/index.ts';
import { createGate, decide } from '../policy/index.ts';
import { callForPlugin, tellFired, timersOf } from './host-calls.ts';
import type { HostCallPorts } from './host-calls.ts';

/** Host calls over a real host with one plugin, whose name has a dash. */
function make(
  context: TestContext,
  handlers: Record<string, ToolHandler>,
  effect = 'write',
): HostCallPorts {
  const gate = createGate(decide);
  const tools = Object.keys(handlers).map((name) => ({
    name,
    description: name,
    input: { type: 'object', properties: { id: { type: 'string' } } },
    effect,
    reach: 'own',
  }));
  const manifest = manifestSchema.parse({
    name: 'my-plugin',
    version: '1.0.0',
    framework_version: '*',
    description: 'A test.',
    runtime: 'builtin',
    provides: { tools },
  });
  const host = createPluginHost({
    plugins: [],
    builtins: [{ manifest, handlers }],
    redeem: (permit) => gate.redeem(permit),
    fingerprint: (text) => text,
    storageFor: () => Promise.reject(new Error('no storage')),
    callService: () => Promise.reject(new Error('no services')),
    clock: createFakeClock(),
    places: { node: process.execPath, scratch: '', listings: '', environment: {} },
  });
  context.after(() => host.stop());
  return { host, gate, grants: [] };
}

const options = {
  person: 'ann',
  idempotencyKey: 'key',
  now: 1,
  timeZone: 'UTC',
  folders: [],
  signal: new AbortController().signal,
};
const timer = { id: 't1', at: 1, plugin: 'my-plugin' };
const answering =
  (outcome: ToolOutcome): ToolHandler =>
  async () =>
    outcome;
const done = answering({ status: 'done', text: 'ok' });

test('a plugin may read for another, and what would be asked is refused with its rule', async (context) => {
  const call = (input: JsonObject) => ({ tool: 'it', input, options });
  const reading = make(context, { it: done }, 'read');
  assert.equal((await callForPlugin(reading, 'my-plugin', call({}))).status, 'done');
  const writing = make(context, { it: done });
  const outcome = await callForPlugin(writing, 'my-plugin', call({ id: 'words of the plugin' }));
  assert.equal(outcome.status, 'refused');
  assert.match(outcome.text, /unattended/);
});

test('a tool is called in its own plugin only', async (context) => {
  const ports = make(context, { it: done }, 'read');
  const call = { tool: 'it', input: {}, options };
  await assert.rejects(callForPlugin(ports, 'another', call), { code: 'TOOL_UNKNOWN' });
  await assert.rejects(callForPlugin(ports, 'my-plugin', { ...call, tool: 'that' }), {
    code: 'TOOL_UNKNOWN',
  });
});

test('a plugin that has something to say when its timer fires is told which, and may set the next', async (context) => {
  const seen: JsonObject[] = [];
  const timers = [{ id: 't1', at: 99, text: 'again' }];
  const ports = make(context, {
    my_plugin_fired: async (input) => {
      seen.push(input);
      return { status: 'done', text: '', timers };
    },
  });
  assert.deepEqual(await tellFired(ports, timer, options), timers);
  assert.deepEqual(seen, [{ id: 't1' }]);
});

test('a plugin without such a tool, or that says no, has no next timer', async (context) => {
  assert.deepEqual(await tellFired(make(context, { it: done }), timer, options), []);
  const refusing = make(context, { my_plugin_fired: answering({ status: 'refused', text: 'no' }) });
  assert.deepEqual(await tellFired(refusing, timer, options), []);
});

test('a plugin that could not say makes the firing fail, so that it is tried again', async (context) => {
  const broken = make(context, { my_plugin_fired: () => Promise.reject(new Error('planned')) });
  await assert.rejects(tellFired(broken, timer, options), { code: 'TOOL_FAILED' });
});

test('all timers of a plugin are asked for in pages; one that fails, refuses or has no end says so', async (context) => {
  const asked: JsonObject[] = [];
  const pages = [
    [
      { id: 'a', at: 1 },
      { id: 'b', at: 2 },
    ],
    [{ id: 'c', at: 3 }],
    [],
  ];
  const ports = make(context, {
    my_plugin_timers: async (input) => {
      asked.push(input);
      return { status: 'done', text: '', timers: pages[asked.length - 1] ?? [] };
    },
  });
  assert.deepEqual(await timersOf(ports, 'my-plugin', options), pages.flat());
  assert.deepEqual(asked, [{}, { after: 'b' }, { after: 'c' }]);
  assert.equal(await timersOf(make(context, { it: done }), 'my-plugin', options), undefined);
  for (const outcome of [
    { status: 'refused', text: 'no' },
    { status: 'done', text: '', timers: [{ id: 'a', at: 1 }] },
  ] as const) {
    const broken = make(context, { my_plugin_timers: answering(outcome) });
    await assert.rejects(timersOf(broken, 'my-plugin', options), { code: 'TOOL_FAILED' });
  }
});
