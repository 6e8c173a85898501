import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { parseReference } from './reference.ts';
import type { SourceReference } from './reference.ts';

const commit = 'a'.repeat(40);
const sha256 = 'b'.repeat(64);
const readable: Readonly<Record<string, SourceReference>> = {
  './folder': { type: 'folder', path: './folder' },
  '../folder': { type: 'folder', path: '../folder' },
  '.': { type: 'folder', path: '.' },
  '/abs/folder': { type: 'folder', path: '/abs/folder' },
  '~/folder': { type: 'folder', path: '~/folder' },
  'C:\\folder': { type: 'folder', path: 'C:\\folder' },
  './a.mcpb': { type: 'file', path: './a.mcpb', isWheel: false },
  './a.DXT': { type: 'file', path: './a.DXT', isWheel: false },
  './a.tar.gz': { type: 'file', path: './a.tar.gz', isWheel: false },
  './a-1-py3-none-any.whl': { type: 'file', path: './a-1-py3-none-any.whl', isWheel: true },
  'git+https://example.org/a': { type: 'git', url: 'https://example.org/a' },
  'https://example.org/a.git#v1': { type: 'git', url: 'https://example.org/a.git', ref: 'v1' },
  [`git+https://example.org/a#${commit}&path=b/c`]: {
    type: 'git',
    url: 'https://example.org/a',
    ref: commit,
    path: 'b/c',
  },
  'git+https://example.org/a#path=b': { type: 'git', url: 'https://example.org/a', path: 'b' },
  'git+ssh://git@example.org/a': { type: 'git', url: 'ssh://git@example.org/a' },
  'git+file:///a/b#feature/x': { type: 'git', url: 'file:///a/b', ref: 'feature/x' },
  'github:owner/repo': { type: 'git', url: 'https://github.com/owner/repo.git' },
  'github:owner/repo/plugins/a#v1.0': {
    type: 'git',
    url: 'https://github.com/owner/repo.git',
    ref: 'v1.0',
    path: 'plugins/a',
  },
  'npm:name': { type: 'npm', package: 'name', range: 'latest' },
  'npm:@scope/name@^1.2': { type: 'npm', package: '@scope/name', range: '^1.2' },
  'pypi:Some.Name': { type: 'pypi', package: 'Some.Name' },
  'pypi:name==1.0.post1': { type: 'pypi', package: 'name', version: '1.0.post1' },
  'oci:example.org/a/b:1': { type: 'oci', reference: 'example.org/a/b:1' },
  'image:localhost:5000/a': { type: 'image', reference: 'localhost:5000/a' },
  'https://example.org/a.mcpb': { type: 'archive', url: 'https://example.org/a.mcpb' },
  [`https://example.org/a.tgz?x=1#sha256=${sha256}`]: {
    type: 'archive',
    url: 'https://example.org/a.tgz?x=1',
    sha256,
  },
  'http://127.0.0.1:8080/a.zip': { type: 'archive', url: 'http://127.0.0.1:8080/a.zip' },
  'server:./server.json': { type: 'server', location: './server.json' },
  calendar: { type: 'name', name: 'calendar' },
  'someone/calendar@^1': { type: 'name', name: 'someone/calendar', range: '^1' },
};

for (const [text, expected] of Object.entries(readable)) {
  it(`reads ${text}`, () => assert.deepEqual(parseReference(text), expected));
}

const refused = [
  '',
  'x'.repeat(3_000),
  'a\nb',
  'Calendar!',
  'a@',
  'a@1@2',
  'thing.mcpb',
  'ftp://example.org/a.zip',
  'http://example.org/a.zip',
  'https://example.org/',
  'https://user:secret@example.org/a.zip',
  'https://example.org/a.zip#sha256=12',
  'https://example.org/a.zip#other',
  'git+https://user:secret@example.org/a',
  'git+ssh://git:secret@example.org/a',
  'git+ssh://-oProxyCommand=x/a',
  'git+ssh://-x@example.org/a',
  'git+http://example.org/a',
  'git+file://host/a',
  'git+https://example.org/a#-x',
  'git+https://example.org/a#a..b',
  'git+https://example.org/a#a&b',
  'git+https://example.org/a#path=../b',
  'git+https://example.org/a#path=/b',
  'git+https://example.org/a#path=-b',
  'git+https://example.org/a#%0a',
  'git+ext::sh',
  'git+https://example.org/a#%',
  'github:owner',
  'github:owner/repo#a#b',
  'npm:',
  'npm:UPPER',
  'npm:../up',
  'npm:a@',
  'pypi:-x',
  'pypi:a==--x',
  'pypi:a==1==2',
  'oci:alone',
  'server:',
];

for (const text of refused) {
  it(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.throws(
      () => parseReference(text),
      (error) => isAgentError(error, 'PLUGIN_SOURCE') || isAgentError(error, 'PLUGIN_TREE'),
    );
  });
}

it('does not repeat a password', () => {
  assert.throws(
    () => parseReference('https://user:secret@example.org/a.zip'),
    (error) => error instanceof Error && !error.message.includes('secret'),
  );
});
