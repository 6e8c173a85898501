import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from './assembly.ts';
import { partOf, problemOf } from './fixtures/plugins.ts';
import { ImportReport } from './imported-plugin.ts';
import type { ConvertedServer } from './mcp-server.ts';

const identity = { name: 'tools', version: '1.0.0', framework_version: '*', description: 'x' };

function server(name: string, command: string[] | undefined): ConvertedServer {
  const own = { name, part: `.mcp.json: ${name}` };
  if (command === undefined) {
    const permissions = { network: ['a.org'] };
    const fragment = { runtime: 'mcp' as const, url: 'https://a.org', permissions };
    return { server: own, fragment, notes: [] };
  }
  return { server: own, fragment: { runtime: 'mcp', command, permissions: {} }, notes: ['odd'] };
}

test('each server is a plugin of its own; a wrong one is not', () => {
  const report = new ImportReport();
  const dropped = { server: { name: 'bad', part: '.mcp.json: bad' }, dropped: 'no use' };
  const plugins = assemble({
    file: 'plugin.json',
    identity,
    report,
    servers: [dropped, server('one', ['node']), server('Two!', undefined)],
    network: ['b.org'],
  });
  assert.deepEqual(
    plugins.map(({ manifest }) => manifest.name),
    ['tools', 'tools-two'],
  );
  const [first, second] = plugins;
  assert.deepEqual(first?.manifest.permissions.network, ['b.org']);
  assert.deepEqual(second?.manifest.permissions.network, ['a.org']);
  assert.deepEqual(first?.warnings, ['.mcp.json: one: odd']);
  assert.equal(partOf(first?.parts ?? [], '.mcp.json: bad').reason, 'no use');
  assert.equal(partOf(first?.parts ?? [], '.mcp.json: Two!').becomes, 'plugin tools-two');
});

test('two servers do not get one name', async () => {
  const servers = [server('one', ['a']), server('x y', ['b']), server('x-y', ['c'])];
  const report = new ImportReport();
  const problem = await problemOf(() =>
    assemble({ file: 'plugin.json', identity, report, servers }),
  );
  assert.match(problem, /two of its servers would be the plugin tools-x-y/);
});

test('there is a limit on servers, and a plugin of nothing is refused', async () => {
  const report = new ImportReport();
  const many = Array.from({ length: 51 }, (_, at) => server(`s${at}`, ['node']));
  const made = (servers: readonly ConvertedServer[]): unknown =>
    assemble({ file: 'plugin.json', identity, report, servers });
  assert.match(await problemOf(() => made(many)), /at most 50/);
  assert.match(await problemOf(() => made([])), /nothing of it can be used/);
});
