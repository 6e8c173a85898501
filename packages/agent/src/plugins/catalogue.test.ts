import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { Catalogue } from './catalogue.ts';
import type { ActivePlugin } from './catalogue.ts';
import { probeManifest } from './fixtures/harness.ts';

function plugin(name: string, tools: readonly string[], rest: JsonObject = {}): ActivePlugin {
  const declared = Object.fromEntries(tools.map((tool) => [tool, {}]));
  return { kind: 'builtin', name, manifest: probeManifest(declared, { name, ...rest }) };
}

const examples = ['a', 'b', 'c', 'd', 'e'];
const intent = (tool: string): JsonObject => ({
  name: 'event.list',
  tool,
  description: 'x',
  examples,
});
const serving = (name: string, version: string): ActivePlugin => {
  const tool = `${name}_list`;
  const services = [{ name: 'calendar', version, operations: { list: tool } }];
  return plugin(name, [tool], { provides: { services, intents: [intent(tool)] }, aliases: [name] });
};
const asking = plugin('asking', [], {
  requires: { services: [{ name: 'calendar', version: '^1.2.0' }] },
});

test('tools and intents of all plugins are offered, each with its owner', () => {
  const catalogue = new Catalogue([serving('one', '1.0.0'), serving('two', '1.0.0')], new Map());
  assert.deepEqual(
    catalogue.tools.map((tool) => [tool.plugin, tool.tier, tool.declaration.name]),
    [
      ['one', 'builtin', 'one_list'],
      ['two', 'builtin', 'two_list'],
    ],
  );
  assert.deepEqual(
    catalogue.intents.map(({ plugin: name, aliases }) => [name, aliases]),
    [
      ['one', ['one']],
      ['two', ['two']],
    ],
  );
});

test('of two tools of one name the first stays, and the second plugin says so', () => {
  const second = plugin('two', ['list'], { provides: { intents: [intent('list')] } });
  const catalogue = new Catalogue([plugin('one', ['list']), second], new Map());
  assert.equal(catalogue.tool('list')?.plugin, 'one');
  assert.deepEqual(catalogue.intents, []);
  const [, summary] = catalogue.describe((name) => name === 'two');
  assert.equal(summary?.problem, 'one already has a tool "list"');
  assert.equal(summary.state, 'running');
});

test('a service is found by name, version and operation, where it is required', () => {
  const plugins = [
    asking,
    serving('old', '1.1.0'),
    serving('new', '1.3.0'),
    serving('next', '2.0.0'),
  ];
  const catalogue = new Catalogue(plugins, new Map());
  const list = { service: 'calendar', operation: 'list' };
  assert.deepEqual(catalogue.provider(asking, list), { plugin: 'new', tool: 'new_list' });
  assert.equal(catalogue.provider(asking, { ...list, operation: 'other' }), undefined);
  assert.equal(catalogue.provider(asking, { ...list, service: 'mail' }), 'not-required');
  assert.equal(catalogue.provider(serving('old', '1.0.0'), list), 'not-required');
  assert.equal(new Catalogue([asking], new Map()).provider(asking, list), undefined);
});

test('a server offers what was remembered of it, a refused plugin nothing but its problem', () => {
  const configuration = { enabled: true, trust: true, arguments: [], environment: {} };
  const server = { kind: 'server', name: 'one', configuration } as const;
  const problem = 'it is not trusted';
  const refused = { kind: 'refused', name: 'two', tier: 'third-party', problem } as const;
  const tool = { name: 'Say', description: 'x', inputSchema: {}, annotations: {} };
  const listings = new Map([['one', { version: '3.0.0', tools: [tool] }]]);
  const catalogue = new Catalogue([server, refused], listings);
  assert.equal(catalogue.tool('one_say')?.ownName, 'Say');
  assert.deepEqual(
    catalogue
      .describe(() => false)
      .map(({ plugin: name, version, state }) => [name, version, state]),
    [
      ['one', '3.0.0', 'idle'],
      ['two', '', 'refused'],
    ],
  );
  assert.deepEqual(new Catalogue([server], new Map()).tools, []);
});
