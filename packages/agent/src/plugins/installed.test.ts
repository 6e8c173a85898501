import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pluginConfiguration } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { probeManifest } from './fixtures/harness.ts';
import { installed } from './installed.ts';
import type { InstalledPlugins, ServerConfiguration } from './installed.ts';

async function folder(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'installed-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A plugin in a folder of its own; `entry` is a path below it. */
async function add(directory: string, name: string, rest: JsonObject = {}): Promise<void> {
  const { file = 'handler.js', entry, ...manifest } = rest;
  const program = join(directory, name, file as string);
  await mkdir(join(program, '..'), { recursive: true });
  await writeFile(program, '');
  // A built manifest is taken as it is, so a wrong entry reaches the search for the program.
  const built = { ...probeManifest({}, { name, ...manifest }), ...(entry && { entry }) };
  await writeFile(join(directory, name, 'manifest.json'), JSON.stringify(built));
}

function list(
  directory: string,
  plugins: Record<string, Partial<ServerConfiguration>> = {},
): Promise<InstalledPlugins> {
  const configuration = Object.fromEntries(
    Object.entries(plugins).map(([name, value]) => [
      name,
      { ...pluginConfiguration.parse({}), ...value },
    ]),
  );
  return installed({ directories: [{ directory }], configuration, frameworkVersion: '0.1.4' });
}

test('official plugins are those with a manifest, by their folders, sorted', async (t) => {
  const directory = await folder(t);
  await add(directory, 'notes', { file: 'src/handler.ts' });
  await add(directory, 'files');
  await add(directory, 'help', { runtime: 'builtin' });
  await mkdir(join(directory, 'empty'));
  const { plugins, warnings } = await list(directory);
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    plugins.map((plugin) => [plugin.name, plugin.kind === 'program' && plugin.entry]),
    [
      ['files', join(directory, 'files/handler.js')],
      ['notes', join(directory, 'notes/src/handler.ts')],
    ],
  );
  const none = { plugins: [], reserved: new Map(), warnings: [] };
  assert.deepEqual(await list(join(directory, 'missing')), none);
});

test('only a plugin that runs from source may read code beside its own', async (t) => {
  const root = await folder(t);
  const directory = join(root, 'plugins');
  await add(directory, 'built');
  await add(directory, 'source', { file: 'src/handler.ts' });
  const { plugins } = await list(directory);
  assert.deepEqual(
    plugins.map((plugin) => plugin.kind === 'program' && plugin.libraries),
    [[], [join(root, 'packages'), join(root, 'node_modules')]],
  );
});

test('a broken plugin is listed with its problem and stops no other', async (t) => {
  const directory = await folder(t);
  await add(directory, 'good');
  await add(directory, 'future', { framework_version: '^0.2.0' });
  await add(directory, 'outside', { entry: '../good/handler.js' });
  await add(directory, 'gone', { entry: 'nothing.js' });
  await mkdir(join(directory, 'broken'));
  await writeFile(join(directory, 'broken/manifest.yaml'), 'name: Broken');
  const { plugins } = await list(directory);
  const problems = new Map(
    plugins.map((plugin) => [plugin.name, plugin.kind === 'refused' ? plugin.problem : '']),
  );
  assert.equal(problems.get('good'), '');
  assert.match(problems.get('future') ?? '', /it is for \^0\.2\.0, and this is 0\.1\.4/);
  assert.match(problems.get('outside') ?? '', /there is no file/);
  assert.match(problems.get('gone') ?? '', /there is no file nothing\.js/);
  assert.match(problems.get('broken') ?? '', /manifest\.yaml:1: name/);
});

test('a server is refused until it is trusted, and switched off by its configuration', async (t) => {
  const directory = await folder(t);
  await add(directory, 'notes');
  await add(directory, 'shell');
  const { plugins, warnings } = await list(directory, {
    everything: { command: 'npx', arguments: ['-y', 'server'] },
    trusted: { url: 'https://example.org/mcp', trust: true },
    off: { command: 'npx', enabled: false },
    shell: { enabled: false },
    notes: { command: 'evil', trust: true },
    typo: {},
  });
  assert.deepEqual(
    plugins.map((plugin) => [plugin.name, plugin.kind]),
    [
      ['notes', 'program'],
      ['everything', 'refused'],
      ['trusted', 'server'],
      ['typo', 'refused'],
    ],
  );
  const refused = plugins.find(({ name }) => name === 'everything');
  assert.match(refused?.kind === 'refused' ? refused.problem : '', /runs outside a sandbox/);
  assert.deepEqual(warnings, ['plugins.notes: the name is that of an official plugin']);
});

test('no server goes by the name of an official plugin, be it builtin, broken or switched off', async (t) => {
  const directory = await folder(t);
  await add(directory, 'memory', { runtime: 'builtin' });
  await add(directory, 'broken', { entry: 'missing.js' });
  await add(directory, 'notes');
  const server = { command: 'npx', trust: true, enabled: true };
  const { plugins, warnings } = await list(directory, {
    memory: server,
    broken: server,
    notes: server,
    other: server,
  });
  assert.deepEqual(
    plugins.map(({ name, kind }) => [name, kind]),
    [
      ['broken', 'refused'],
      ['notes', 'program'],
      ['other', 'server'],
    ],
  );
  assert.equal(warnings.filter((line) => line.includes('official plugin')).length, 3);
});

test('settings of a builtin plugin are not taken for a server without a program', async (t) => {
  const directory = await folder(t);
  await add(directory, 'memory', { runtime: 'builtin' });
  const none = { plugins: [], reserved: new Map(), warnings: [] };
  assert.deepEqual(await list(directory, { memory: {} }), none);
});

test('the tools of every official plugin are reserved, be it switched off or part of the agent', async (t) => {
  const directory = await folder(t);
  const providing = (tool: string): JsonObject => ({
    provides: { tools: [{ name: tool, description: 'x', input: {}, effect: 'read' }] },
  });
  await add(directory, 'memory', { runtime: 'builtin', ...providing('memory_recall') });
  await add(directory, 'shell', providing('shell_run'));
  await add(directory, 'gone', { entry: 'nothing.js', ...providing('gone_do') });
  const { plugins, reserved } = await list(directory, { shell: { enabled: false } });
  assert.deepEqual(
    plugins.map(({ name }) => name),
    ['gone'],
  );
  assert.deepEqual(
    reserved,
    new Map([
      ['gone_do', 'gone'],
      ['memory_recall', 'memory'],
      ['shell_run', 'shell'],
    ]),
  );
});
