import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { JsonObject, ToolOutcome } from '@opencomputer/contracts';
import type { PluginAnswer } from './connection.ts';
import type { InstalledServer, ServerConfiguration } from './installed.ts';
import { callOptions, echo, startTestHost, systemClock } from './fixtures/harness.ts';
import type { TestHost } from './fixtures/harness.ts';
import { connectServer } from './server-connection.ts';
import type { ServerAddress } from './server-connection.ts';
import type { AskPerson } from './server-question.ts';

const forever = new AbortController().signal;

const echoProcess: ServerAddress = {
  type: 'process',
  specification: {
    command: process.execPath,
    arguments: [echo],
    environment: {},
    directory: tmpdir(),
    lineBytesMax: 1_000_000,
  },
};

function call(tool: string, input: JsonObject, signal = forever): Parameters<typeof callOf>[1] {
  return { tool, input, signal, onService: () => Promise.reject(new Error('none')) };
}

function callOf(
  connection: Awaited<ReturnType<typeof connectServer>>,
  given: Parameters<typeof connection.call>[0],
): Promise<PluginAnswer> {
  return connection.call(given);
}

for (const revision of ['2026-07-28', '2025-11-25']) {
  test(`the kit answers the SDK's own client and transport, revision ${revision}`, async (t) => {
    const modern = revision === '2026-07-28';
    const client = new Client(
      { name: 'test', version: '1.0.0' },
      { versionNegotiation: { mode: modern ? { pin: revision } : 'legacy' } },
    );
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [echo] }));
    t.after(() => client.close());
    assert.equal(client.getNegotiatedProtocolVersion(), revision);
    if (modern) await client.discover();
    else await client.ping();
    const { tools } = await client.listTools();
    assert.equal(tools.length, 9);
    assert.equal(tools[0]?.description, 'Says it again.');
    assert.equal(tools[0]?.annotations?.readOnlyHint, true);
    const result = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    assert.deepEqual(result.content, [{ type: 'text', text: 'hello' }]);
    assert.deepEqual(result.structuredContent, { text: 'hello' });
    const refused = await client.callTool({ name: 'refuse', arguments: {} });
    assert.equal(refused.isError, true);
    await assert.rejects(client.callTool({ name: 'nothing', arguments: {} }), { code: -32602 });
    const controller = new AbortController();
    const waiting = client.callTool({ name: 'wait' }, { signal: controller.signal });
    controller.abort();
    await assert.rejects(waiting);
    const after = await client.callTool({ name: 'echo', arguments: { text: 'after' } });
    assert.deepEqual(after.structuredContent, { text: 'after' });
  });
}

test('a revision that was remembered is used without a question, and asked anew when wrong', async (t) => {
  const first = await connectServer(echoProcess, { clock: systemClock });
  const { prior, tools } = await first.list(forever);
  await first.stop();
  assert.equal(tools.length, 9);
  assert.ok(prior !== undefined);
  for (const remembered of [prior, { kind: 'legacy' }, { kind: 'modern', discover: {} }, 'junk']) {
    const again = await connectServer(echoProcess, { clock: systemClock, prior: remembered });
    t.after(() => again.stop());
    const answer = await callOf(again, call('echo', { text: 'x' }));
    assert.equal(answer.type, 'result');
  }
});

test('a cancelled call of a server that still answers counts as stopped', async (t) => {
  const connection = await connectServer(echoProcess, { clock: systemClock });
  t.after(() => connection.stop());
  const controller = new AbortController();
  const waiting = callOf(connection, call('wait', {}, controller.signal));
  controller.abort();
  const answer = await waiting;
  assert.ok(answer.type === 'cancelled');
  assert.equal(await answer.stopped, true);
});

test('a server that is killed is lost, and its open call with it', async () => {
  const connection = await connectServer(echoProcess, { clock: systemClock });
  const waiting = callOf(connection, call('wait', {}));
  await connection.kill();
  const answer = await waiting;
  assert.equal(answer.type, 'lost');
  assert.equal(connection.isLost, true);
});

function packaged(name: string): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`@modelcontextprotocol/${name}/package.json`);
  return join(dirname(manifest), 'dist/index.js');
}

function server(name: string, configuration: Partial<ServerConfiguration>): InstalledServer {
  const plain = { enabled: true, trust: true, arguments: [], environment: {} };
  const command = process.execPath;
  return { kind: 'server', name, configuration: { ...plain, command, ...configuration } };
}

async function hostOf(t: TestContext, plugin: InstalledServer): Promise<TestHost> {
  const started = await startTestHost(t, { plugins: [plugin] });
  assert.deepEqual(started.host.tools(), []);
  assert.deepEqual(await started.host.refresh(forever), new Map());
  return started;
}

const dataOf = (outcome: ToolOutcome): unknown =>
  outcome.status === 'done' ? outcome.data : outcome;

test('server-everything from npm: listed, called, refused, without ambient environment', async (t) => {
  const configuration = { arguments: [packaged('server-everything')], environment: { OWN: 'yes' } };
  const { host, call: run } = await hostOf(t, server('everything', configuration));
  const tools = new Map(host.tools().map((tool) => [tool.declaration.name, tool]));
  assert.equal(tools.get('everything_echo')?.tier, 'third-party');
  assert.equal(tools.get('everything_echo')?.declaration.reach, 'outside');
  assert.equal((await run('everything_echo', { message: 'hello' })).text, 'Echo: hello');
  const sum = await run('everything_get_sum', { a: 2, b: 3 });
  assert.match(sum.text, /\b5\b/);
  assert.match((await run('everything_get_sum', { a: 'two', b: 3 })).text, /a must be number/);
  const variables = JSON.parse((await run('everything_get_env')).text) as Record<string, string>;
  const allowed = ['HOME', 'LANG', 'NODE_EXTRA_CA_CERTS', 'OWN', 'PATH', 'TMPDIR', 'TZ'];
  assert.deepEqual(
    Object.keys(variables).filter((name) => !allowed.includes(name)),
    [],
  );
  assert.equal(variables['OWN'], 'yes');
});

test('server-filesystem from npm: reads in its folder, not outside; its listing is remembered', async (t) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'filesystem-')));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'note.txt'), 'remember the milk');
  const plugin = server('files-server', { arguments: [packaged('server-filesystem'), folder] });
  const started = await hostOf(t, plugin);
  const read = 'files_server_read_text_file';
  const tools = new Map(started.host.tools().map((tool) => [tool.declaration.name, tool]));
  assert.equal(tools.get(read)?.declaration.effect, 'read');
  assert.equal(tools.get('files_server_write_file')?.declaration.effect, 'irreversible');
  const outcome = await started.call(read, { path: join(folder, 'note.txt') });
  assert.equal(outcome.text, 'remember the milk');
  assert.deepEqual(dataOf(outcome), { content: 'remember the milk' });
  const outside = await started.call(read, { path: '/etc/passwd' });
  assert.equal(outside.status, 'refused');
  const path = join(folder, 'new.txt');
  await started.call('files_server_write_file', { path, content: 'new' });
  assert.equal(await readFile(path, 'utf8'), 'new');
  await started.host.stop();
  const listings = join(started.directory, 'listings');
  const later = await startTestHost(t, {
    plugins: [plugin],
    places: {
      node: process.execPath,
      scratch: join(started.directory, 'scratch'),
      listings,
      environment: {},
    },
  });
  assert.deepEqual(later.host.tools().length, tools.size);
  assert.deepEqual(await later.host.refresh(forever), new Map());
  assert.deepEqual(later.events, []);
  assert.equal((await later.call(read, { path: join(folder, 'note.txt') })).status, 'done');
});

test('a server that cannot be started is named with its problem, and offers nothing', async (t) => {
  const command = join(tmpdir(), 'no-such-server');
  const { host } = await startTestHost(t, { plugins: [server('missing', { command })] });
  const problems = await host.refresh(forever);
  assert.match(problems.get('missing') ?? '', /there is no program/);
  assert.deepEqual(host.tools(), []);
  const [described] = host.describe();
  assert.match(described?.problem ?? '', /there is no program/);
});

/** A server of revision 2025-11-25 in a line: it lists what it is given, and says whose tool ran. */
const scripted = `const [name, tools] = process.argv.slice(1);
  let text = '';
  const answer = ({ id, method, params }) => {
    if (id === undefined) return;
    const result = {
      initialize: () => ({
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name, version: '1.0.0' },
      }),
      ping: () => ({}),
      'tools/list': () => ({ tools: JSON.parse(tools) }),
      'tools/call': () => ({ content: [{ type: 'text', text: name + ' ran ' + params.name }] }),
    }[method]?.();
    const error = { code: -32601, message: 'no such method' };
    const body = result === undefined ? { error } : { result };
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...body }) + '\\n');
  };
  process.stdin.on('data', (data) => {
    text += data;
    const lines = text.split('\\n');
    text = lines.pop();
    for (const line of lines) answer(JSON.parse(line));
  });`;

const lists = (name: string, ...tools: JsonObject[]): InstalledServer => {
  const whole = tools.map((tool) => ({ inputSchema: { type: 'object' }, ...tool }));
  return server(name, { arguments: ['-e', scripted, name, JSON.stringify(whole)] });
};

test('a schema made to hang or exhaust whoever reads it costs a third party its tool at most', async (t) => {
  const evil = {
    type: 'object',
    properties: { text: { type: 'string', pattern: '^(a+)+$' } },
    patternProperties: { '^(b+)+$': { type: 'string' } },
  };
  let deep: JsonObject = { type: 'string' };
  for (let depth = 0; depth < 100; depth += 1) deep = { type: 'array', items: deep };
  const { host, call: run } = await hostOf(
    t,
    lists(
      'hostile',
      { name: 'pattern', inputSchema: evil },
      { name: 'deep', inputSchema: { type: 'object', properties: { deep } } },
      { name: 'long', inputSchema: { type: 'object', title: 'x'.repeat(100_000) } },
    ),
  );
  assert.deepEqual(
    host.tools().map(({ declaration }) => declaration.name),
    ['hostile_pattern'],
  );
  const outcome = await run('hostile_pattern', {
    text: `${'a'.repeat(40)}!`,
    ['b'.repeat(40)]: '',
  });
  assert.equal(outcome.text, 'hostile ran pattern');
  assert.equal((await run('hostile_pattern', { text: 1 })).status, 'refused');
  const [described] = host.describe();
  assert.match(described?.problem ?? '', /"deep" is left out: .*levels.* "long" is left out/);
});

test('of two servers with one name for their tools each runs its own or none', async (t) => {
  const {
    host,
    permit,
    call: run,
  } = await startTestHost(t, {
    plugins: [lists('a', { name: 'b_x' }), lists('a-b', { name: 'x' }, { name: 'y' })],
  });
  await host.refresh(forever);
  assert.equal((await run('a_b_x')).text, 'a ran b_x');
  assert.equal((await run('a_b_y')).text, 'a-b ran y');
  const second = await host.call(permit('a_b_x', {}, 'a-b'), callOptions());
  assert.deepEqual(second, {
    status: 'refused',
    text: 'a-b does not offer a_b_x: a has a tool of that name.',
  });
  const problems = host.describe().map(({ problem }) => problem ?? '');
  assert.equal(problems[0], '');
  assert.match(problems[1] ?? '', /^a-b does not offer a_b_x: a has a tool of that name/);
});

interface HttpStage {
  readonly url: string;
  readonly seen: {
    readonly method: string;
    readonly params: JsonObject;
    readonly region: unknown;
  }[];
}

/** A server of the newest revision over HTTP with a tool whose region travels in a header field, too. */
async function serveOverHttp(t: TestContext): Promise<HttpStage> {
  const seen: HttpStage['seen'] = [];
  const inputSchema = {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  };
  const results: Record<string, object> = {
    'server/discover': {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      serverInfo: { name: 'far', version: '1.0.0' },
    },
    'tools/list': { tools: [{ name: 'find', inputSchema, outputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: 'found' }] },
  };
  const listener = createServer((request, response) => {
    void text(request).then((body) => {
      const { id, method, params } = JSON.parse(body) as {
        id: number;
        method: string;
        params: JsonObject;
      };
      const region = request.headers['mcp-param-region'];
      seen.push({ method, params, region });
      const isRefused = method === 'tools/call' && region === undefined;
      const result = {
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
        ...results[method],
      };
      const answer = isRefused
        ? { error: { code: -32020, message: 'the field is missing' } }
        : { result };
      response.writeHead(isRefused ? 400 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.after(() => {
    listener.close();
    listener.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp`, seen };
}

test('parameters travel in header fields; where the tool was not seen yet, it is looked up', async (t) => {
  const { url, seen } = await serveOverHttp(t);
  const connection = await connectServer({ type: 'url', url }, { clock: systemClock });
  t.after(() => connection.stop());
  // Refused, listed and sent again at first; then known.
  for (const requests of [3, 1]) {
    const before = seen.length;
    const answer = await callOf(connection, call('find', { region: 'north' }));
    assert.equal(answer.type, 'result', 'a result without the data of its schema is a result');
    assert.equal(seen.at(-1)?.region, 'north');
    assert.equal(seen.length - before, requests);
  }
  assert.equal(seen.filter(({ method }) => method === 'tools/list').length, 1);
});

test('a server is told that it may ask only where somebody can be asked', async (t) => {
  const { url, seen } = await serveOverHttp(t);
  const ask: AskPerson = () => assert.fail('nobody asks');
  for (const options of [{ clock: systemClock }, { clock: systemClock, ask }]) {
    const connection = await connectServer({ type: 'url', url }, options);
    await connection.stop();
  }
  const declared = seen.map(({ params }) => {
    const meta = params['_meta'] as JsonObject;
    return meta['io.modelcontextprotocol/clientCapabilities'];
  });
  assert.deepEqual(declared, [{}, { elicitation: { form: { applyDefaults: true } } }]);
});
