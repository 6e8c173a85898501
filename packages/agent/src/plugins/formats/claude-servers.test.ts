import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { ClaudeDefinition } from './claude-definition.ts';
import { claudeMeaning, readClaudeServers } from './claude-servers.ts';
import { pluginFolder, problemOf } from './fixtures/plugins.ts';
import type { Files } from './fixtures/plugins.ts';
import { ImportReport } from './imported-plugin.ts';
import type { ConvertedServer } from './mcp-server.ts';
import { PluginFolder } from './plugin-folder.ts';

interface Found {
  readonly servers: readonly ConvertedServer[];
  readonly report: ImportReport;
}

async function read(
  t: TestContext,
  files: Files,
  mcpServers?: ClaudeDefinition['mcpServers'],
): Promise<Found> {
  const folder = await PluginFolder.open(await pluginFolder(t, files));
  const report = new ImportReport();
  const key = { description: 'The key', isSensitive: true, isRequired: true, isPath: false };
  const options = new Map([['key', key]]);
  const definition = mcpServers === undefined ? {} : { mcpServers };
  const servers = await readClaudeServers(definition, { folder, plugin: 'a', options, report });
  return { servers, report };
}

function dropped(found: ConvertedServer | undefined): string {
  return found !== undefined && 'dropped' in found ? found.dropped : 'kept';
}

test('servers come from .mcp.json, from files and from the manifest; the later one counts', async (t) => {
  const { servers, report } = await read(
    t,
    {
      '.mcp.json': { mcpServers: { a: { command: 'node' }, b: { command: 'python3' } } },
      'more.json': { b: { type: 'http', url: 'https://b.org/mcp' } },
    },
    ['./more.json', { c: { command: 'npx', args: ['-y', 'c@1.0.0'] } }, './x.mcpb', './no.json'],
  );
  assert.deepEqual(
    servers.map(({ server }) => server.part),
    ['.mcp.json: a', 'more.json: b', 'plugin.json: c'],
  );
  assert.deepEqual(
    report.parts.map(({ part }) => part),
    ['.mcp.json: b', './x.mcpb', './no.json'],
  );
});

test('a program gets the variables that are promised, a secret one from the operator', async (t) => {
  const { servers } = await read(t, { '.mcp.json': { a: { command: 'node', args: ['x'] } } });
  const [found] = servers;
  assert.ok(found !== undefined && 'fragment' in found);
  assert.deepEqual(found.fragment.environment, {
    CLAUDE_PLUGIN_ROOT: '${plugin.root}',
    CLAUDE_PLUGIN_DATA: '${plugin.data}',
    CLAUDE_PLUGIN_OPTION_key: '${environment.A_KEY}',
  });
});

test('each transport is reached or dropped with the reason', async (t) => {
  const signed = { type: 'http', url: 'https://a.org', ['headersHelper']: './make.sh', oauth: {} };
  const { servers, report } = await read(t, {
    '.mcp.json': {
      socket: { type: 'ws', url: 'wss://a.org' },
      old: { type: 'sse', url: 'https://a.org/sse' },
      signed,
      other: { type: 'carrier-pigeon' },
      typed: { command: ['node'] },
      secret: { url: 'https://a.org', headers: { 'X-Key': '${user_config.key}' }, colour: 1 },
    },
  });
  const byName = new Map(servers.map((found) => [found.server.name, found]));
  assert.match(dropped(byName.get('socket')), /WebSocket/);
  assert.match(dropped(byName.get('other')), /type/);
  assert.match(dropped(byName.get('typed')), /command/);
  const old = byName.get('old');
  assert.match(old !== undefined && 'notes' in old ? old.notes.join() : '', /HTTP\+SSE/);
  const secret = byName.get('secret');
  assert.ok(secret !== undefined && 'fragment' in secret);
  assert.deepEqual(secret.fragment.headers, { 'X-Key': '{{secret:key}}' });
  assert.ok(report.parts.some(({ part }) => part === '.mcp.json: signed: headersHelper'));
  assert.ok(report.warnings.some((text) => text.includes('unknown key "colour"')));
});

test('wrong files and paths outside are refused', async (t) => {
  assert.match(await problemOf(() => read(t, { '.mcp.json': '[]' })), /an object of MCP servers/);
  assert.match(
    await problemOf(() => read(t, { '.mcp.json': '{"a": {"command": "x"},\n "a": {}}' })),
    /^\.mcp\.json:2: .*unique/,
  );
  assert.match(await problemOf(() => read(t, {}, '/etc/mcp.json')), /not a path within/);
});

test('placeholders of the format have their meaning', () => {
  const none = new Map();
  assert.deepEqual(claudeMeaning('CLAUDE_PLUGIN_ROOT', none), {
    type: 'text',
    text: '${plugin.root}',
  });
  assert.match(JSON.stringify(claudeMeaning('CLAUDE_PROJECT_DIR', none)), /no project folder/);
  assert.match(JSON.stringify(claudeMeaning('user_config.x', none)), /no option/);
  assert.equal(claudeMeaning('a.b', none), undefined);
});
