import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { AgentError } from '@opencomputer/contracts';
import type {
  InboundMessage,
  JsonObject,
  PluginTier,
  ToolCall,
  TurnInput,
} from '@opencomputer/contracts';
import type { CallOptions, PluginHost } from '@opencomputer/contracts/internal';
import { createGate, decide, grantsOf, originsOf } from '../policy/index.ts';
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
  /** Whose tool each permit was for. */
  readonly plugins: string[];
}

/** Turn tools behind the real gate, over a host that runs nothing and keeps what it was given. */
function make(
  _: TestContext,
  rest: Partial<InboundMessage> = {},
  given: Partial<ToolPorts> & { tier?: PluginTier; owner?: string } = {},
): Made {
  const gate = createGate(decide);
  const options: CallOptions[] = [];
  const plugins: string[] = [];
  const { tier = 'official', owner, ...ports } = given;
  const ownerOf = (tool: string): string => owner ?? (tool === 'shell_run' ? 'shell' : 'bench');
  const host: Pick<PluginHost, 'tools' | 'call'> = {
    tools: () =>
      [...benchManifest.provides.tools, { ...outside, name: 'shell_run' }].map(
        (declaration) => ({ plugin: ownerOf(declaration.name ?? ''), tier, declaration }) as never,
      ),
    call: async (permit, callOptions) => {
      if (!gate.redeem(permit)) throw new AgentError('POLICY_BYPASSED');
      options.push(callOptions);
      plugins.push(permit.plugin);
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
  return { tools, gate, options, plugins };
}

const run = {
  record: [],
  said: [],
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

/** The record of a turn in which the model asked for a call, and policy and the person answered. */
function recordOf(
  asked: ToolCall,
  decision: 'allow' | 'ask' | 'deny',
  rest: { readonly approved?: boolean; readonly plugin?: string } = {},
): readonly TurnInput[] {
  const { callId } = asked;
  const { approved, plugin = 'bench' } = rest;
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };
  const said = { finish: 'tool-calls', usage, model: 'm', promptHash: '' } as const;
  return [
    { type: 'model-finish', at: 1, parts: [{ type: 'tool-call', call: asked }], ...said },
    {
      type: 'policy-decide',
      at: 1,
      decisions: [{ callId, plugin, decision, rule: 'x', reason: 'x' }],
    },
    ...(approved === undefined
      ? []
      : [{ type: 'approval-give', at: 1, callId, approved } as const]),
  ];
}

test('what was asked runs only after the record says that the person agreed to this call', async (context) => {
  const { tools, options, plugins } = make(context);
  const send = call('bench_send', { text: 'x' });
  const [decision] = tools.decide([send], ['x']);
  assert.deepEqual([decision?.decision, decision?.plugin], ['ask', 'bench']);
  const other = recordOf(call('bench_send', { text: 'y' }, 'c2'), 'ask', { approved: true });
  for (const record of [recordOf(send, 'ask'), recordOf(send, 'ask', { approved: false }), other]) {
    assert.equal((await tools.run(send, { ...run, record })).status, 'failed');
  }
  assert.equal(options.length, 0);
  const record = recordOf(send, 'ask', { approved: true });
  assert.equal((await tools.run(send, { ...run, record })).status, 'done');
  assert.deepEqual(plugins, ['bench']);
});

const after = { interactive: false };
const granted = { grants: grantsOf(['bench/bench_send']) };

test('after a restart, what policy had allowed runs only while policy still allows it', async (context) => {
  const send = call('bench_send', { text: 'x' });
  const again = { ...run, record: recordOf(send, 'allow') };
  const kept = make(context, after, granted);
  assert.equal((await kept.tools.run(send, again)).status, 'done');
  const revoked = make(context, after);
  const outcome = await revoked.tools.run(send, again);
  assert.deepEqual([outcome.status, revoked.options.length], ['unknown', 0]);
  assert.match(outcome.text, /Not allowed \(unattended\).*may have taken effect/);
});

test('a read that is no longer allowed after a restart is refused: it has changed nothing', async (context) => {
  const read = call('bench_read');
  const { tools } = make(context, after, { tier: 'third-party' });
  const outcome = await tools.run(read, { ...run, record: recordOf(read, 'allow') });
  assert.equal(outcome.status, 'refused');
});

test('a person’s answer holds after a restart for the very call and arguments that were shown', async (context) => {
  const send = call('bench_send', { text: 'x', list: [1, { a: null }] });
  const record = recordOf(send, 'ask', { approved: true });
  const { tools, options } = make(context, after);
  const restored = JSON.parse(JSON.stringify(record)) as typeof record;
  assert.equal((await tools.run(send, { ...run, record: restored })).status, 'done');
  for (const altered of [
    call('bench_send', { text: 'x', list: [1, { a: 0 }] }),
    call('bench_send', { text: 'y' }),
    call('bench_once', { text: 'x', list: [1, { a: null }] }),
  ]) {
    assert.notEqual((await tools.run(altered, { ...run, record })).status, 'done');
  }
  assert.equal(options.length, 1);
});

test('what was decided on for one plugin is not run as an equally named tool of another', async (context) => {
  const read = call('bench_read');
  const { tools, options, plugins } = make(context, after, { owner: 'newcomer' });
  const outcome = await tools.run(read, { ...run, record: recordOf(read, 'allow') });
  assert.match(outcome.text, /no tool "bench\/bench_read"/);
  assert.equal(options.length, 0);
  const approved = recordOf(read, 'ask', { approved: true });
  await tools.run(read, { ...run, record: approved });
  assert.deepEqual(plugins, ['bench'], 'the permit is for the plugin that the person was shown');
});

test('a command is run as typed by the shell plugin only, not by a tool of the same name', async (context) => {
  const typed = { command: 'ls -l' };
  const shell = call('shell_run', typed);
  const own = make(context, typed).tools.decide([shell], undefined);
  assert.equal(own[0]?.rule, 'granted-exact');
  for (const tier of ['official', 'third-party'] as const) {
    const other = make(context, typed, { tier, owner: 'shell-' });
    assert.equal(other.tools.decide([shell], undefined)[0]?.decision, 'ask');
    const allowed = make(
      context,
      {},
      { tier, owner: 'shell-', grants: grantsOf(['shell/shell_run']) },
    );
    assert.equal(allowed.tools.decide([shell], [])[0]?.decision, 'ask');
  }
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
