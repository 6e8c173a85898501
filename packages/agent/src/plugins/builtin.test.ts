import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolHandler } from '@opencomputer/contracts';
import { isAgentError } from '@opencomputer/contracts';
import { callOptions, probeManifest, startTestHost } from './fixtures/harness.ts';
import type { TestHost } from './fixtures/harness.ts';

function start(
  t: Parameters<typeof startTestHost>[0],
  handlers: Record<string, ToolHandler>,
): Promise<TestHost> {
  const names = Object.keys(handlers);
  const declared = Object.fromEntries(
    names.map((name) => [name, { effect: 'read', timeoutMs: 200 }]),
  );
  const manifest = probeManifest(
    { ...declared, missing: {} },
    { resources: { outputBytesMax: 1_000 } },
  );
  return startTestHost(t, { builtins: [{ manifest, handlers }] });
}

test('a builtin tool goes through permit, argument check and the bound of its output', async (t) => {
  const { call, host } = await start(t, {
    size: ({ text }) => Promise.resolve({ status: 'done', text: 'x'.repeat(Number(text)) }),
  });
  const unpermitted = { callId: 'a', tool: 'size', arguments: {} };
  const forged = { plugin: 'probe', call: unpermitted, rule: 'forged' };
  await assert.rejects(host.call(forged, callOptions()), (error) =>
    isAgentError(error, 'POLICY_BYPASSED'),
  );
  assert.equal((await call('size', { text: 3 })).status, 'refused');
  assert.equal((await call('size', { text: '3' })).text, 'xxx');
  const large = await call('size', { text: '1001' });
  assert.equal(large.status === 'failed' && large.code, 'TOOL_OUTPUT_TOO_LARGE');
});

test('its time ends, its defects are outcomes, and it has no storage', async (t) => {
  const { call } = await start(t, {
    hang: () => new Promise(() => undefined),
    broken: () => {
      throw new Error('a defect');
    },
    store: async (_, { storage }) => {
      await storage.set('a', 1);
      return { status: 'done', text: '' };
    },
  });
  const codes: unknown[] = [];
  for (const tool of ['hang', 'broken', 'store', 'missing']) {
    const outcome = await call(tool);
    codes.push(outcome.status === 'failed' && outcome.code);
  }
  assert.deepEqual(codes, ['TOOL_TIMEOUT', 'TOOL_FAILED', 'TOOL_FAILED', 'TOOL_FAILED']);
});
