import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { ImageTree } from './image-tree.ts';
import type { ArchiveEntry } from './tree-writer.ts';

type Layer = Readonly<Record<string, string>>;

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array();
}

/** `/` a folder, `-> x` a link, `= x` a hard link, else the name of a file's content. */
function entryOf(path: string, what: string): ArchiveEntry {
  if (what === '/') return { path, kind: 'folder' };
  if (what.startsWith('-> ')) return { path, kind: 'link', target: what.slice(3) };
  if (what.startsWith('= ')) return { path, kind: 'hard-link', target: what.slice(2) };
  return { path, kind: 'file', isProgram: false, body: nothing() };
}

function merge(...layers: Layer[]): { kept: Layer; leftOut: readonly string[] } {
  const tree = new ImageTree(100);
  for (const layer of layers) {
    tree.startLayer();
    for (const [path, what] of Object.entries(layer)) tree.add(entryOf(path, what), what);
  }
  const { entries, leftOut } = tree.list();
  const shown = entries.map(({ path, node }): [string, string] => {
    if (node.kind === 'folder') return [path, '/'];
    return [path, node.kind === 'link' ? `-> ${node.target}` : node.content];
  });
  return { kept: Object.fromEntries(shown), leftOut };
}

const kept = (...layers: Layer[]): Layer => merge(...layers).kept;

describe('layers', () => {
  it('replace files, and add to folders', () => {
    const expected = { a: '/', 'a/one': 'new', 'a/two': 'two' };
    assert.deepEqual(
      kept({ 'a/one': 'old' }, { 'a/': '/', 'a/one': 'new', 'a/two': 'two' }),
      expected,
    );
  });

  it('take away by whiteouts what lower ones brought, and not their own', () => {
    assert.deepEqual(kept({ 'a/one': '1', 'a/two': '2' }, { 'a/.wh.one': '' }), {
      a: '/',
      'a/two': '2',
    });
    assert.deepEqual(kept({ 'a/one': '1' }, { '.wh.a': '' }), {});
    assert.deepEqual(kept({ 'a/one': '1' }, { 'a/one': 'new', 'a/.wh.one': '' }), {
      a: '/',
      'a/one': 'new',
    });
    assert.deepEqual(kept({ 'a/one': '1' }, { 'a/new': 'n', 'a/.wh..wh..opq': '' }), {
      a: '/',
      'a/new': 'n',
    });
    assert.deepEqual(kept({ one: '1' }, { '.wh.gone': '', '.wh..wh.plnk': '' }), { one: '1' });
  });

  it('write into the folder that a link of the image leads to', () => {
    assert.deepEqual(kept({ 'usr/bin/a': 'a', bin: '-> usr/bin' }, { 'bin/b': 'b' }), {
      usr: '/',
      'usr/bin': '/',
      'usr/bin/a': 'a',
      'usr/bin/b': 'b',
      bin: '-> usr/bin',
    });
  });

  it('never write beyond the root, wherever a link leads', () => {
    assert.deepEqual(kept({ out: '-> ../../../etc' }, { 'out/passwd': 'x' }), {
      out: '-> etc',
      etc: '/',
      'etc/passwd': 'x',
    });
    assert.deepEqual(kept({ 'a/out': '-> /etc' }, { 'a/out/passwd': 'x' }), {
      a: '/',
      'a/out': '-> ../etc',
      etc: '/',
      'etc/passwd': 'x',
    });
  });

  it('keep hard links as the same content', () => {
    assert.deepEqual(kept({ one: '1' }, { two: '= one', 'a/three': '= /two' }), {
      one: '1',
      two: '1',
      a: '/',
      'a/three': '1',
    });
  });

  it('may put a file in the place of a folder, and the other way', () => {
    assert.deepEqual(kept({ 'a/b': 'b' }, { a: 'file' }), { a: 'file' });
    assert.deepEqual(kept({ a: 'file' }, { 'a/b': 'b' }), { a: '/', 'a/b': 'b' });
  });
});

describe('what cannot be kept', () => {
  it('is left out and named', () => {
    const layer = { 'lib/libc:amd64.list': '1', Name: '2', name: '3', fine: '4' };
    const { leftOut } = merge(layer);
    assert.deepEqual(leftOut, ['lib/libc:amd64.list', 'name']);
    const chain = merge({ 'a/b/up': '-> ../..', out: '-> a/b/up/..' });
    assert.deepEqual(chain.leftOut, ['out']);
  });

  const hostile: Readonly<Record<string, Layer>> = {
    'a path above': { '../evil': 'x' },
    'a path above, further in': { 'a/../../evil': 'x' },
    'links in a circle': { a: '-> b', b: '-> a', 'a/evil': 'x' },
    'a hard link to nothing': { a: '= nothing' },
    'a hard link above': { a: '= ../../etc/passwd' },
    'a hard link to a folder': { 'a/b': 'b', c: '= a' },
    'too much': Object.fromEntries(Array.from({ length: 201 }, (_unused, at) => [`f${at}`, 'x'])),
  };
  for (const [attempt, layer] of Object.entries(hostile)) {
    it(`is refused as a whole for ${attempt}`, () => {
      assert.throws(
        () => kept(layer),
        (error) => isAgentError(error, 'PLUGIN_TREE'),
      );
    });
  }
});
