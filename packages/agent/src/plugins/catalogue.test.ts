import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@opencomputer/contracts';
import { Catalogue } from './catalogue.ts';
import type { ActivePlugin } from './catalogue.ts';
import type { ListedTool, ServerListing } from './connection.ts';
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
  assert.match(summary?.problem ?? '', /^two does not offer list: one has a tool of that name\./);
  assert.equal(summary?.state, 'running');
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

const listedTool = (name: string): ListedTool => ({
  name,
  description: 'x',
  inputSchema: {},
  annotations: {},
});
function serverOf(name: string): ActivePlugin {
  const configuration = { enabled: true, trust: true, arguments: [], environment: {} };
  return { kind: 'server', name, configuration };
}
const listingOf = (...tools: string[]): ServerListing => ({
  version: '1',
  tools: tools.map(listedTool),
});

test('two servers whose tools would get one name do not share it: the second is told of the first', () => {
  const listings = new Map([
    ['a', listingOf('b_x')],
    ['a-b', listingOf('x', 'y')],
  ]);
  const catalogue = new Catalogue([serverOf('a'), serverOf('a-b')], listings);
  assert.deepEqual(
    catalogue.tools.map((tool) => [tool.plugin, tool.declaration.name]),
    [
      ['a', 'a_b_x'],
      ['a-b', 'a_b_y'],
    ],
  );
  assert.equal(catalogue.tool('a_b_x')?.ownName, 'b_x');
  const [first, second] = catalogue.describe(() => false);
  assert.equal(first?.problem, undefined);
  assert.equal(
    second?.problem,
    'a-b does not offer a_b_x: a has a tool of that name. ' +
      'Give the server another name in the configuration.',
  );
});

test('official tools keep their names, whatever was installed before them', () => {
  const official = plugin('calendar', ['calendar_list']);
  const server = serverOf('calendar-');
  const listings = new Map([['calendar-', listingOf('list')]]);
  for (const order of [
    [official, server],
    [server, official],
  ]) {
    const catalogue = new Catalogue(order, listings);
    assert.equal(catalogue.tool('calendar_list')?.plugin, 'calendar');
    const summary = catalogue.describe(() => false).find((one) => one.plugin === 'calendar-');
    assert.match(summary?.problem ?? '', /calendar has a tool of that name/);
  }
});

test('a server does not get the name of an official tool that is switched off either', () => {
  const server = serverOf('shell-');
  const reserved = new Map([['shell_run', 'shell']]);
  const listings = new Map([['shell-', listingOf('run', 'stop')]]);
  const catalogue = new Catalogue([server], listings, reserved);
  assert.equal(catalogue.tool('shell_run'), undefined);
  assert.equal(catalogue.tool('shell_stop')?.plugin, 'shell-');
  const [summary] = catalogue.describe(() => false);
  assert.match(summary?.problem ?? '', /^shell- does not offer shell_run: shell has a tool/);
  const own = new Catalogue([plugin('shell', ['shell_run'])], new Map(), reserved);
  assert.equal(own.tool('shell_run')?.plugin, 'shell');
});

test('each tool that is not offered is named, the first five of many', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const listings = new Map([['one', listingOf(...names)]]);
  const reserved = new Map(names.map((name) => [`one_${name}`, 'official']));
  const [summary] = new Catalogue([serverOf('one')], listings, reserved).describe(() => false);
  assert.equal(summary?.problem?.match(/does not offer one_[a-e]:/g)?.length, 5);
  assert.match(summary?.problem ?? '', /And 2 more\.$/);
});
