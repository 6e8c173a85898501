import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pluginFolder } from './fixtures/plugins.ts';
import { convertServer } from './mcp-server.ts';
import type { ConvertedServer, ForeignServer, ServerFragment } from './mcp-server.ts';
import { PluginFolder } from './plugin-folder.ts';
import { shellVariable } from './start-texts.ts';

async function convert(
  t: TestContext,
  server: Partial<ForeignServer>,
  isPath = false,
): Promise<ConvertedServer> {
  const folder = await PluginFolder.open(await pluginFolder(t, { 'run.js': '' }));
  const option = { description: 'd', isSensitive: false, isRequired: false, isPath };
  return convertServer(
    { name: 'a', part: 'a', ...server },
    {
      plugin: 'a',
      folder,
      options: new Map([['where', option]]),
      promised: { ROOT: '${plugin.root}' },
      meaningOf: (text) =>
        text === 'where' ? { type: 'option', key: 'where' } : shellVariable(text),
    },
  );
}

function fragmentOf(found: ConvertedServer): ServerFragment {
  assert.ok('fragment' in found, 'dropped' in found ? found.dropped : '');
  return found.fragment;
}

test('a program has its arguments, variables and folder', async (t) => {
  const found = await convert(t, {
    command: 'node',
    parameters: ['run.js', '${where}'],
    environment: { KEY: '${KEY}', PLAIN: 'x' },
    directory: './work',
  });
  assert.deepEqual(fragmentOf(found), {
    runtime: 'mcp',
    command: ['node', 'run.js', '${configuration.where}'],
    environment: { KEY: '${environment.KEY}', PLAIN: 'x', ROOT: '${plugin.root}' },
    directory: '${plugin.root}/work',
    permissions: { environment: ['KEY'] },
  });
});

test('a path that a person sets lets it read the folders that were granted, not write', async (t) => {
  const found = await convert(t, { command: 'node', parameters: ['${where}'] }, true);
  assert.deepEqual(fragmentOf(found).permissions.files, { read: ['folders'] });
});

test('an address asks for its host, and a secret in a header for that host only', async (t) => {
  const headers = { authorization: 'Bearer ${TOKEN}' };
  const found = await convert(t, { url: 'https://api.example.com:8443/mcp', headers });
  const fragment = fragmentOf(found);
  assert.deepEqual(fragment.permissions.network, ['api.example.com:8443']);
  assert.deepEqual(fragment.headers, { authorization: 'Bearer {{secret:token}}' });
  assert.deepEqual(fragment.requires?.secrets?.[0]?.hosts, ['api.example.com:8443']);
  const plain = fragmentOf(await convert(t, { url: 'http://localhost:3000/mcp' }));
  assert.deepEqual(plain.permissions.network, ['http://localhost:3000']);
});

test('what cannot be started or reached is dropped with the reason', async (t) => {
  const wrong: readonly (readonly [Partial<ForeignServer>, RegExp])[] = [
    [{}, /no command and no address/],
    [{ command: 'node', url: 'https://a.org' }, /both/],
    [{ url: 'https://${HOST}/mcp' }, /host is known only/],
    [{ url: '${URL}' }, /host is known only/],
    [{ url: 'file:///etc/passwd' }, /http or https/],
    [{ url: 'https://user:pass@a.org' }, /a user or a password/],
    [{ url: 'https://a.org', headers: { 'a b': 'x' } }, /not a header/],
    [{ url: 'https://a.org', headers: { a: 'x\r\ny: z' } }, /not a header/],
    [{ command: 'node', environment: { 'A=B': 'x' } }, /name of a variable/],
    [{ command: 'node', directory: '/tmp' }, /outside the plugin/],
    [{ command: 'node', directory: '../..' }, /outside the plugin/],
  ];
  for (const [server, reason] of wrong) {
    const found = await convert(t, server);
    assert.match('dropped' in found ? found.dropped : 'kept', reason);
  }
});
