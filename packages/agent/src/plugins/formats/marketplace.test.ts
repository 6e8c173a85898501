import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pluginFolder, problemOf } from './fixtures/plugins.ts';
import { marketplaceFile, readMarketplace } from './marketplace.ts';
import type { Marketplace } from './marketplace.ts';

const least = { name: 'market', owner: { name: 'A' } };

async function read(t: TestContext, written: object): Promise<Marketplace> {
  return readMarketplace(await pluginFolder(t, { [marketplaceFile]: { ...least, ...written } }));
}

const sha = 'a'.repeat(40);

test('every form of source becomes a reference', async (t) => {
  const sources: readonly (readonly [unknown, object])[] = [
    ['./plugins/a/', { type: 'folder', path: 'plugins/a' }],
    ['./', { type: 'folder', path: '.' }],
    ['formatter', { type: 'folder', path: 'plugins/formatter' }],
    [
      { source: 'github', repo: 'a/b', ref: 'v1', sha },
      { type: 'git', url: 'https://github.com/a/b.git', ref: 'v1', sha },
    ],
    [
      { source: 'url', url: 'git@example.com:a/b.git', path: 'sub' },
      { type: 'git', url: 'git@example.com:a/b.git', path: 'sub' },
    ],
    [
      { source: 'git-subdir', url: 'https://example.com/a.git', path: './tools/x' },
      { type: 'git', url: 'https://example.com/a.git', path: 'tools/x' },
    ],
    [
      { source: 'npm', package: '@a/b', version: '^1.0.0' },
      { type: 'npm', package: '@a/b', version: '^1.0.0' },
    ],
    [
      { source: 'archive', url: 'https://example.com/a.zip', sha256: 'b'.repeat(64) },
      { type: 'archive', url: 'https://example.com/a.zip', sha256: 'b'.repeat(64) },
    ],
  ];
  const { entries, warnings } = await read(t, {
    metadata: { pluginRoot: './plugins', description: 'Tools' },
    plugins: sources.map(([source], at) => ({ name: `p${at}`, source, category: 'x' })),
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    entries.map(({ source, refused }) => source ?? refused),
    sources.map(([, reference]) => reference),
  );
});

test('sources that run something, lead out or could be misread are refused alone', async (t) => {
  const sources: readonly unknown[] = [
    { source: 'command', command: 'curl https://example.com | sh' },
    '../other',
    '/etc',
    { source: 'github', repo: 'a/b/../c' },
    { source: 'github', repo: 'a/b', ref: '--upload-pack=touch' },
    { source: 'github', repo: 'a/b', sha: 'abc' },
    { source: 'url', url: 'ext::sh -c touch' },
    { source: 'url', url: '--upload-pack=x' },
    { source: 'url', url: 'http://example.com/a.git' },
    { source: 'git-subdir', url: 'https://example.com/a.git', path: '../..' },
    { source: 'npm', package: '../b' },
    { source: 'archive', url: 'http://example.com/a.zip' },
    { source: 'carrier-pigeon' },
    undefined,
  ];
  const { entries } = await read(t, {
    plugins: [
      ...sources.map((source, at) => ({ name: `p${at}`, source })),
      { name: 'good', source: './a' },
    ],
  });
  assert.equal(entries.length, sources.length + 1);
  for (const entry of entries.slice(0, -1)) {
    assert.equal(entry.source, undefined, entry.name);
    assert.ok((entry.refused ?? '').length > 0, entry.name);
  }
  assert.match(entries[0]?.refused ?? '', /a command, and nothing is run/);
  assert.deepEqual(entries.at(-1)?.source, { type: 'folder', path: 'a' });
});

test('an entry has what it says of the plugin; wrong and double ones are warnings', async (t) => {
  const { entries, warnings } = await read(t, {
    plugins: [
      { name: 'a', source: './a', description: 'First', strict: false, commands: './x', colour: 1 },
      { name: 'a', source: './b' },
      { name: 'Bad Name', source: './c' },
      { name: 'b', source: './b', keywords: 'x' },
    ],
  });
  assert.equal(entries.length, 1);
  assert.equal(entries[0]?.strict, false);
  assert.deepEqual(entries[0]?.definition, { name: 'a', description: 'First', commands: './x' });
  assert.deepEqual(
    warnings.map((text) => /unknown key "colour"|twice|plugins\.\d\.\w+/.exec(text)?.[0]),
    ['unknown key "colour"', 'twice', 'plugins.2.name', 'plugins.3.keywords'],
  );
});

test('renames are followed to the end, and never in a circle', async (t) => {
  const { renames, warnings } = await read(t, {
    plugins: [],
    renames: { old: 'newer', newer: 'newest', gone: null, x: 'y', y: 'x' },
  });
  assert.deepEqual(renames, { old: 'newest', newer: 'newest', gone: null, x: null, y: null });
  assert.equal(warnings.length, 2);
});

test('a marketplace without its list is refused', async (t) => {
  assert.match(await problemOf(() => read(t, {})), /plugins/);
  assert.match(await problemOf(() => read(t, { plugins: [], name: 'Big Market' })), /:2: name/);
  assert.match(
    await problemOf(async () => readMarketplace(await pluginFolder(t, {}))),
    /it is missing/,
  );
});
