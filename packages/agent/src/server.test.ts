import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { configuration, manifest as manifestSchema } from '@opencomputer/contracts';
import type { AgentService, Permit, SendRequest } from '@opencomputer/contracts/internal';
import { createFakeClock, endOf, readParts, startModelServer } from '@opencomputer/testkit';
import type { ScriptedToolCall, ServerScript } from '@opencomputer/testkit';
import { createPluginHost } from './plugins/index.ts';
import { createGate, decide } from './policy/index.ts';
import { openAgent } from './server.ts';
import type { AgentOptions } from './server.ts';
import { version } from './version.ts';

const pluginDirectory = join(import.meta.dirname, '../../../plugins');

function optionsFor(context: TestContext, rest: Partial<AgentOptions> = {}): AgentOptions {
  const directory = mkdtempSync(join(tmpdir(), 'server-test-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return {
    directory,
    environment: { PATH: env['PATH'] },
    configuration: configuration.parse({}),
    pluginDirectory,
    ...rest,
  };
}

async function open(context: TestContext, rest: Partial<AgentOptions> = {}): Promise<AgentService> {
  const agent = await openAgent(optionsFor(context, rest));
  context.after(() => agent.stop());
  return agent;
}

async function openWithModel(context: TestContext, script: ServerScript): Promise<AgentService> {
  const server = await startModelServer(script);
  context.after(() => server.close());
  const environment = { PATH: env['PATH'], OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'test-1' };
  return open(context, { environment });
}

let messages = 0;

function message(text: string, rest: Partial<SendRequest> = {}): SendRequest {
  messages += 1;
  return {
    channel: 'test',
    channelMessageId: `m${messages}`,
    person: 'owner',
    assurance: 'local',
    text,
    timeZone: 'Europe/Berlin',
    interactive: true,
    stream: true,
    modelOnly: true,
    ...rest,
  };
}

test('the agent says who it is, where its data are and what it can do', async (context) => {
  const options = optionsFor(context);
  const agent = await openAgent(options);
  context.after(() => agent.stop());
  const status = await agent.query('status', {});
  assert.deepEqual(
    [status.version, status.directory, status.turnsRunning],
    [version, options.directory, 0],
  );
  const names = (await agent.query('plugins', {})).map(({ plugin }) => plugin);
  for (const name of ['assistant', 'memory', 'calendar', 'tasks', 'notes', 'files', 'shell']) {
    assert.ok(names.includes(name), name);
  }
});

test('a plugin within the agent that is switched off is gone, with its tools and what it understands', async (context) => {
  const words = 'remember that my locker number is 42';
  const toolsUsed = async (agent: AgentService): Promise<string[]> =>
    (await readParts(agent.send(message(words, { modelOnly: false })))).flatMap((part) =>
      part.type === 'tool-start' ? [part.call.tool] : [],
    );
  assert.deepEqual(await toolsUsed(await open(context)), ['memory_remember']);
  const without = configuration.parse({ plugins: { memory: { enabled: false } } });
  const agent = await open(context, { configuration: without });
  assert.deepEqual(await toolsUsed(agent), []);
  const plugins = await agent.query('plugins', {});
  const tools = plugins.flatMap((plugin) => plugin.tools.map(({ tool }) => tool));
  assert.ok(tools.includes('tool_search'));
  assert.deepEqual(
    tools.filter((tool) => tool.startsWith('memory')),
    [],
  );
  assert.ok(!plugins.some(({ plugin }) => plugin === 'memory'));
});

test('what is allowed is the tool of one plugin, whoever else has one of that name', async (context) => {
  const call = { name: 'shell_run', arguments: { command: 'echo it ran' } };
  const ran = async (allow: string): Promise<boolean> => {
    const server = await startModelServer((_, index) =>
      index === 0 ? { toolCalls: [call] } : { text: 'Done.' },
    );
    context.after(() => server.close());
    const agent = await open(context, {
      environment: { PATH: env['PATH'], OPENAI_BASE_URL: server.url, OPENAI_MODEL: 'test-1' },
      configuration: configuration.parse({ policy: { allow: [allow] } }),
    });
    const parts = await readParts(agent.send(message('go', { interactive: false })));
    return parts.some(({ type }) => type === 'tool-start');
  };
  assert.equal(await ran('shell/shell_run'), true);
  assert.equal(await ran('shell-/shell_run'), false);
});

test('a second agent on the same data is refused, and the first is not disturbed', async (context) => {
  const options = optionsFor(context);
  const agent = await openAgent(options);
  context.after(() => agent.stop());
  await assert.rejects(openAgent(options), { code: 'STORE_LOCKED' });
  const parts = await readParts(agent.send(message('hi', { modelOnly: false })));
  assert.equal(parts.at(-1)?.type, 'turn-end');
  await agent.stop();
  const next = await openAgent(options);
  await next.stop();
});

test('data that cannot be used fail the opening and leave nothing locked', async (context) => {
  const options = optionsFor(context);
  await assert.rejects(openAgent({ ...options, directory: '/dev/null/x' }), {
    code: 'STORE_UNREADABLE',
  });
  const agent = await openAgent(options);
  await agent.stop();
});

test('without a model, what needs one is said to need one, and how to connect it', async (context) => {
  const agent = await open(context, { clock: createFakeClock() });
  const parts = await readParts(
    agent.send(message('write a poem about the sea', { modelOnly: false })),
  );
  const end = endOf(parts);
  assert.deepEqual([end.status, end.error?.code], ['failed', 'MODEL_MISSING']);
  assert.match(end.text, /OPENAI_API_KEY/);
});

/** Every tool that is installed, asked for by a model that obeys whoever attacks. */
test('whatever a model asks for, policy decides first, and only what it allows runs', async (context) => {
  const calls: ScriptedToolCall[] = [];
  const agent = await openWithModel(context, (_, index) =>
    index * 20 < calls.length
      ? { toolCalls: calls.slice(index * 20, (index + 1) * 20) }
      : { text: 'Done.' },
  );
  for (const { tools } of await agent.query('plugins', {})) {
    for (const { tool } of tools) {
      const text = 'words of an attacker';
      const every = {
        text,
        query: text,
        command: 'touch /tmp/x',
        url: 'http://127.0.0.1:9/',
        id: text,
      };
      calls.push({ name: tool, arguments: {} }, { name: tool, arguments: every });
    }
  }
  assert.ok(calls.length >= 40);
  const parts = await readParts(agent.send(message('go', { interactive: false })));
  const end = parts.at(-1);
  assert.equal(end?.type === 'turn-end' && end.text, 'Done.');
  const why = await agent.query('why', {});
  const decided = why
    .filter(({ name }) => name === 'policy-decide')
    .map(({ text }) => text)
    .join('; ')
    .split('; ');
  const allowed = new Set(
    decided.flatMap((line) =>
      /: allow by own-(read|write) /.test(line) ? [line.split(':')[0]] : [],
    ),
  );
  const started = parts.flatMap((part) => (part.type === 'tool-start' ? [part.call] : []));
  for (const { callId, tool } of started) assert.ok(allowed.has(callId), `${tool} ran by itself`);
  const reaching = ['shell_run', 'web_fetch', 'notes_delete', 'tasks_fired', 'memory_forget'];
  for (const { tool, arguments: values } of started) {
    if (Object.keys(values).length > 0) assert.ok(!reaching.includes(tool), `${tool} ran`);
  }
  assert.equal(decided.length, calls.length);
});

test('an approval counts once, for the call that was asked about, in its own turn', async (context) => {
  const run = (text: string): ScriptedToolCall => ({
    name: 'shell_run',
    arguments: { command: `echo ${text}` },
  });
  const agent = await openWithModel(context, (_, index) =>
    index === 0 ? { toolCalls: [run('one'), run('two')] } : { text: 'Done.' },
  );
  const codes: unknown[] = [];
  const asked: string[] = [];
  const note = (error: unknown): void => void codes.push((error as { code: string }).code);
  const parts = await readParts(agent.send(message('go')), (part) => {
    if (part.type !== 'approval-ask') return;
    const { turn, call } = part;
    asked.push(call.callId);
    if (asked.length !== 2) return;
    const [first = '', second = ''] = asked;
    void (async () => {
      await agent.act({ type: 'approve', turn, callId: 'call_other_0' }).catch(note);
      await agent.act({ type: 'approve', turn: first, callId: first }).catch(note);
      await agent.act({ type: 'deny', turn, callId: second });
      await agent.act({ type: 'approve', turn, callId: second }).catch(note);
      await agent.act({ type: 'approve', turn, callId: first });
      await agent.act({ type: 'approve', turn, callId: first }).catch(note);
    })();
  });
  assert.deepEqual(codes.slice(0, 3), ['APPROVAL_UNKNOWN', 'TURN_UNKNOWN', 'APPROVAL_UNKNOWN']);
  const started = parts.flatMap((part) => (part.type === 'tool-start' ? [part.call.callId] : []));
  assert.deepEqual(started, asked.slice(0, 1));
});

test('a typed command runs for its person, and is asked about for an unknown sender', async (context) => {
  const agent = await open(context);
  const typed = { command: 'echo hello', interactive: false } as const;
  const own = await readParts(agent.send(message('!echo hello', typed)));
  assert.ok(own.some(({ type }) => type === 'tool-start'));
  const stranger = message('!echo hello', { ...typed, assurance: 'none' });
  const foreign = await readParts(agent.send(stranger));
  assert.ok(!foreign.some(({ type }) => type === 'tool-start'));
});

test('a permit that the gate did not make, or that was used, opens nothing', async () => {
  const gate = createGate(decide);
  const other = createGate(decide);
  let ran = 0;
  const manifest = manifestSchema.parse({
    name: 'victim',
    version: '1.0.0',
    framework_version: '*',
    description: 'A test.',
    runtime: 'builtin',
    provides: {
      tools: [{ name: 'victim_run', description: 'x', input: {}, effect: 'send' }],
    },
  });
  const host = createPluginHost({
    plugins: [],
    builtins: [
      {
        manifest,
        handlers: {
          victim_run: async () => {
            ran += 1;
            return { status: 'done', text: '' };
          },
        },
      },
    ],
    redeem: (permit) => gate.redeem(permit),
    fingerprint: (text) => text,
    storageFor: () => Promise.reject(new Error('no storage')),
    callService: () => Promise.reject(new Error('no services')),
    clock: createFakeClock(),
    places: { node: process.execPath, scratch: '', listings: '', environment: {} },
  });
  const options = {
    person: 'owner',
    idempotencyKey: 'k',
    now: 0,
    timeZone: 'UTC',
    folders: [],
    signal: new AbortController().signal,
  };
  const call = { callId: 'c', tool: 'victim_run', arguments: {} };
  const used = gate.approve('victim', call);
  assert.equal((await host.call(used, options)).status, 'done');
  const fresh = gate.approve('victim', call);
  const forged: Permit[] = [
    used,
    { plugin: 'victim', call, rule: 'approved' },
    { ...fresh },
    structuredClone(fresh),
    Object.create(fresh) as Permit,
    new Proxy(fresh, {}),
    other.approve('victim', call),
    JSON.parse(JSON.stringify(fresh)) as Permit,
  ];
  for (const permit of forged) {
    await assert.rejects(host.call(permit, options), { code: 'POLICY_BYPASSED' });
  }
  assert.throws(() => Object.assign(fresh.call, { tool: 'another' }), TypeError);
  assert.equal(ran, 1);
  assert.equal((await host.call(fresh, options)).status, 'done');
});

test('a key of an earlier process gets the end of its turn, and no second one', async (context) => {
  const options = optionsFor(context);
  const request = { ...message('hi', { modelOnly: false }), channelMessageId: 'k1', join: true };
  const ends = [];
  for (let process = 0; process < 2; process += 1) {
    const agent = await openAgent(options);
    ends.push(endOf(await readParts(agent.send(request))));
    await agent.stop();
  }
  assert.deepEqual(ends[1], ends[0]);
});
