import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type { InboundMessage, JsonObject, PluginTier, ToolCall } from '@opencomputer/contracts';
import type { CallOptions, PluginHost } from '@opencomputer/contracts/internal';
import { createGate, decide, originsOf } from '../policy/index.ts';
import { benchManifest, message } from './fixtures/bench.ts';
import type { ToolPorts } from './ports.ts';
import { createTurnTools } from './turn-tools.ts';
import type { TurnTools } from './turn-tools.ts';

const call = (tool: string, values: JsonObject = {}, callId = 'c1'): ToolCall => ({
  callId,
  tool,
  arguments: values,
});

const outside = benchManifest.provides.tools.find(({ name }) => name === 'bench_send');

interface Made {
  readonly tools: TurnTools;
  readonly gate: ReturnType<typeof createGate>;
  readonly options: CallOptions[];
}

/** Turn tools behind the real gate, over a host that runs nothing and keeps what it was given. */
function make(
  _: TestContext,
  rest: Partial<InboundMessage> = {},
  given: Partial<ToolPorts> & { tier?: PluginTier } = {},
): Made {
  const gate = createGate(decide);
  const options: CallOptions[] = [];
  const { tier = 'official', ...ports } = given;
  const host: Pick<PluginHost, 'tools' | 'call'> = {
    tools: () =>
      [...benchManifest.provides.tools, { ...outside, name: 'shell_run' }].map(
        (declaration) => ({ plugin: 'bench', tier, declaration }) as never,
      ),
    call: async (permit, callOptions) => {
      if (!gate.redeem(permit)) throw new AgentError('POLICY_BYPASSED');
      options.push(callOptions);
      return { status: 'done', text: permit.call.tool };
    },
  };
  const tools = createTurnTools(
    {
      host: host as PluginHost,
      gate,
      originsOf,
      grants: [],
      folders: ['/granted'],
      keepTimers: async () => [],
      timersKept: () => undefined,
      ...ports,
    },
    { ...message('hi'), id: 'm', conversation: 'c', at: 1, ...rest },
  );
  return { tools, gate, options };
}

const run = {
  record: [],
  idempotencyKey: 'key',
  now: 7,
  signal: new AbortController().signal,
};

test('a tool that does not exist is denied in words that the model can use', (context) => {
  const { tools } = make(context);
  const [decision] = tools.decide([call('no_such_tool')], []);
  assert.equal(decision?.decision, 'deny');
  assert.match(decision?.reason ?? '', /no tool "no_such_tool".*Search/);
  assert.equal(tools.plugin('no_such_tool'), 'unknown');
});

test('a call that nobody decided on does not run', async (context) => {
  const { tools, options } = make(context);
  const outcome = await tools.run(call('bench_read'), run);
  assert.deepEqual([outcome.status, options.length], ['failed', 0]);
  assert.equal(outcome.status === 'failed' && outcome.code, 'POLICY_BYPASSED');
});

test('a permit is for one run of the call that was decided on, whatever is run under its id', async (context) => {
  const { tools, options } = make(context);
  tools.decide([call('bench_read')], []);
  const forged = await tools.run(call('bench_send', { text: 'forged' }), run);
  assert.equal(forged.status === 'done' && forged.text, 'bench_read');
  const again = await tools.run(call('bench_read'), run);
  assert.equal(again.status, 'failed');
  assert.equal(options.length, 1);
});

test('what was asked or denied runs only after the record says that the person agreed', async (context) => {
  const { tools, options } = make(context);
  const send = call('bench_send', { text: 'x' });
  const [decision] = tools.decide([send], ['x']);
  assert.equal(decision?.decision, 'ask');
  const record = (approved: boolean, callId = 'c1') =>
    [{ type: 'approval-give', at: 1, callId, approved }] as const;
  for (const no of [record(false), record(true, 'another')]) {
    assert.equal((await tools.run(send, { ...run, record: no })).status, 'failed');
  }
  assert.equal(options.length, 0);
  assert.equal((await tools.run(send, { ...run, record: record(true) })).status, 'done');
});

test('a typed command may run as it was typed, and in no other form', (context) => {
  const typed = make(context, { command: 'ls -l' }, {});
  const decisionOf = (made: Made, values: JsonObject): string | undefined =>
    made.tools.decide([call('shell_run', values)], undefined)[0]?.rule;
  assert.equal(decisionOf(typed, { command: 'ls -l' }), 'granted-exact');
  assert.equal(decisionOf(typed, { command: 'ls -l; reboot' }), 'ask');
  const stranger = make(context, { command: 'ls -l', assurance: 'none' });
  assert.equal(decisionOf(stranger, { command: 'ls -l' }), 'ask');
  const send = make(context, { command: 'x' }).tools.decide(
    [call('bench_send', { command: 'x' })],
    [],
  );
  assert.equal(send[0]?.decision, 'ask');
});

test('nothing that a third party’s tool is given counts as the person’s own words', (context) => {
  const { tools } = make(context, {}, { tier: 'third-party' });
  const [decision] = tools.decide([call('bench_write', { text: 'buy milk' })], ['buy milk']);
  assert.equal(decision?.decision, 'ask');
  assert.match(decision?.reason ?? '', /third party/);
});

test('the folder of the message comes first, then those granted for good', async (context) => {
  const { tools, options } = make(context, { folder: '/work here' });
  tools.decide([call('bench_read')], []);
  await tools.run(call('bench_read'), run);
  assert.deepEqual(options[0]?.folders, ['/work here', '/granted']);
  assert.deepEqual([options[0]?.now, options[0]?.idempotencyKey], [7, 'key']);
});
