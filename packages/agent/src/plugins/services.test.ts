import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import type { BuiltinPlugin } from './builtin.ts';
import { callOptions, probeManifest, probeProgram, startTestHost } from './fixtures/harness.ts';
import type { TestHost } from './fixtures/harness.ts';
import type { ServiceCallOptions } from './services.ts';
import { chainOf } from './services.ts';

/** A plugin in this process that provides `<name>` and passes the call on to the next service. */
function link(name: string, next?: string): BuiltinPlugin {
  const provides = { services: [{ name, version: '1.0.0', operations: { go: `${name}_go` } }] };
  const requires = { services: next === undefined ? [] : [{ name: next, version: '^1.0.0' }] };
  const rest = { name: `plugin-${name}`, provides, requires } as unknown as JsonObject;
  return {
    manifest: probeManifest({ [`${name}_go`]: {} }, rest),
    handlers: {
      [`${name}_go`]: (input, context) =>
        next === undefined
          ? Promise.resolve({ status: 'done', text: `the end: ${context.idempotencyKey}` })
          : context.call(next, 'go', input),
    },
  };
}

/** A host whose service calls come back through its own door, as the composition root wires it. */
async function wired(
  t: Parameters<typeof startTestHost>[0],
  options: Parameters<typeof startTestHost>[1],
): Promise<TestHost & { seen: ServiceCallOptions[] }> {
  const seen: ServiceCallOptions[] = [];
  const started: TestHost = await startTestHost(t, {
    ...options,
    callService: (_, tool, call) => {
      seen.push(call.options);
      return started.host.call(started.permit(tool, call.input), call.options);
    },
  });
  return { ...started, seen };
}

test('plugins in a row reach each other through the host, each with a key of its own', async (t) => {
  const { call, seen } = await wired(t, { builtins: [link('a', 'b'), link('b', 'c'), link('c')] });
  const outcome = await call('a_go', {}, { idempotencyKey: 'k' });
  assert.equal(outcome.text, 'the end: k/b.go/1/c.go/1');
  assert.deepEqual(
    seen.map(({ chain }) => chain),
    [['plugin-a'], ['plugin-a', 'plugin-b']],
  );
});

test('a circle is refused by name', async (t) => {
  const { call } = await wired(t, { builtins: [link('a', 'b'), link('b', 'a')] });
  const outcome = await call('a_go');
  assert.equal(outcome.status, 'refused');
  assert.match(outcome.text, /in a circle: plugin-a → plugin-b → plugin-a/);
});

test('the fifth plugin in a row is refused', async (t) => {
  const four = [link('a', 'b'), link('b', 'c'), link('c', 'd')];
  const fine = await wired(t, { builtins: [...four, link('d')] });
  assert.equal((await fine.call('a_go')).status, 'done');
  const deep = await wired(t, { builtins: [...four, link('d', 'e'), link('e')] });
  assert.match((await deep.call('a_go')).text, /At most 4 plugins/);
});

test('a service that is not required, not provided, or fails is an outcome', async (t) => {
  const program = (requires: JsonObject): ReturnType<typeof probeProgram> =>
    probeProgram(probeManifest({ service: {} }, { requires }));
  const calendar = { services: [{ name: 'calendar', version: '^1.0.0' }] };
  const undeclared = await wired(t, { plugins: [program({})] });
  assert.match((await undeclared.call('service', { text: 'list' })).text, /does not require/);
  const absent = await wired(t, { plugins: [program(calendar)] });
  const missing = await absent.call('service', { text: 'list' });
  assert.equal(missing.status === 'failed' && missing.code, 'SERVICE_UNKNOWN');
  const provides = {
    services: [{ name: 'calendar', version: '1.0.0', operations: { list: 'list' } }],
  } as unknown as JsonObject;
  const manifest = probeManifest({ list: {} }, { name: 'calendar', provides });
  const failing = await startTestHost(t, {
    plugins: [program(calendar)],
    builtins: [{ manifest, handlers: {} }],
    callService: () => Promise.reject(new Error('policy is down')),
  });
  const failed = await failing.call('service', { text: 'list' });
  assert.equal(failed.status === 'failed' && failed.code, 'TOOL_FAILED');
});

test('a call that a turn made waits for nobody', () => {
  assert.deepEqual(chainOf(callOptions()), []);
});
