import assert from 'node:assert/strict';
import { access, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createFakeClock } from '@opencomputer/testkit';
import { manifestOfTree } from '../formats/index.ts';
import { systemSources } from '../sources/index.ts';
import { createPluginFetch } from './fetch-plugin.ts';
import type { ManagerPorts } from './ports.ts';

const forever = new AbortController().signal;

async function places(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<{ fetch: ManagerPorts['fetch']; folder: string; temporary: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'fetch-plugin-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const [folder, temporary] = [join(directory, 'shelf'), join(directory, 'fetching')];
  await mkdir(temporary);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const fetch = (): Promise<never> => Promise.reject(new Error('no network'));
  const clock = createFakeClock();
  const machine = { fetch, clock, temporary, home: directory, environment: {} };
  return { fetch: createPluginFetch(systemSources(machine)), folder, temporary };
}

const skill = (name: string): string =>
  `---\nname: ${name}\ndescription: Says ${name}.\n---\nHi.\n`;

test('a folder of another format becomes a plugin with its manifest written down', async (t) => {
  const { fetch, folder } = await places(t, { 'hello/SKILL.md': skill('hello') });
  const fetched = await fetch(join(folder, 'hello'), forever);
  assert.equal(fetched.manifest.name, 'hello');
  assert.equal(fetched.origin, 'local');
  assert.deepEqual(fetched.source, { type: 'folder', path: join(folder, 'hello') });
  assert.deepEqual(await manifestOfTree(fetched.directory), fetched.manifest);
  await assert.rejects(access(join(folder, 'hello/.opencomputer')), { code: 'ENOENT' });
  await fetched.dispose();
  await assert.rejects(access(fetched.directory), { code: 'ENOENT' });
});

test('a plugin of a list is fetched by its name, and its source says where it was', async (t) => {
  const list = {
    name: 'shelf',
    owner: { name: 'Ann' },
    plugins: [
      { name: 'one', source: './plugins/one', description: 'One.' },
      { name: 'two', source: './plugins/two' },
      { name: 'bad', source: { source: 'shell', command: 'x' } },
    ],
  };
  const { fetch, folder, temporary } = await places(t, {
    '.claude-plugin/marketplace.json': JSON.stringify(list),
    'plugins/one/.claude-plugin/plugin.json': '{"name":"one","version":"1.2.0"}',
    'plugins/one/skills/hi/SKILL.md': skill('hi'),
    'plugins/two/commands/go.md': 'Go.',
  });
  const one = await fetch(`one=${folder}`, forever);
  assert.equal(one.manifest.version, '1.2.0');
  assert.deepEqual(one.source, { type: 'folder', path: join(folder, 'plugins/one') });
  await one.dispose();
  assert.equal((await fetch(`two=${folder}`, forever)).manifest.name, 'two');
  await assert.rejects(fetch(folder, forever), /name the one that you want/);
  await assert.rejects(fetch(`bad=${folder}`, forever), { code: 'PLUGIN_SOURCE' });
  await assert.rejects(fetch(`three=${folder}`, forever), { code: 'PLUGIN_MANIFEST' });
  assert.ok(await readFile(join(folder, 'plugins/two/commands/go.md'), 'utf8'));
  await rm(temporary, { recursive: true });
});

test('of a folder that holds more than one plugin, the others are named and can be chosen', async (t) => {
  const servers = { mcpServers: { a: { command: 'a' }, b: { command: 'b' } } };
  const { fetch, folder } = await places(t, {
    'pair/.claude-plugin/plugin.json': '{"name":"pair"}',
    'pair/.mcp.json': JSON.stringify(servers),
  });
  const place = join(folder, 'pair');
  await cp(place, join(folder, 'again'), { recursive: true });
  const first = await fetch(place, forever);
  const also = first.warnings.find((warning) => warning.startsWith('it also holds'));
  const other = /also holds ([\w-]+)/.exec(also ?? '')?.[1] ?? '';
  assert.notEqual(other, first.manifest.name);
  assert.equal((await fetch(`${other}=${place}`, forever)).manifest.name, other);
  await assert.rejects(fetch(`third=${place}`, forever), /it holds/);
});
