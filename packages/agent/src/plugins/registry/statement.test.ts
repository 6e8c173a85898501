import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { readTree } from '../content/index.ts';
import type { Tree } from '../content/index.ts';
import { signEnvelope } from './envelope.ts';
import { startKeys } from './fixtures/keys.ts';
import type { Keys } from './fixtures/keys.ts';
import { signRelease, verifyRelease } from './statement.ts';

const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_SIGNATURE');
const created = new Date(0);
let keys: Keys;
before(async () => {
  keys = await startKeys();
});
after(() => keys.close());

async function treeOf(name: string, files: Readonly<Record<string, string>>): Promise<Tree> {
  const folder = join(keys.folder, name);
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return readTree(folder);
}

describe('the signature of a release', () => {
  const about = { name: 'calendar', version: '1.0.0', created };

  it('says who signed which tree, the same bytes each time', async () => {
    const tree = await treeOf('good', { 'manifest.yaml': 'name: calendar' });
    const key = await keys.key('author');
    const text = signRelease({ ...about, tree }, key);
    assert.equal(text, signRelease({ ...about, tree }, key));
    const publisher = verifyRelease(text, tree, 'it');
    assert.equal(publisher.id, key.id);
    assert.equal(publisher.name, 'calendar');
    assert.equal(publisher.tree, tree.digest);
  });

  it('is refused over another tree, and a tree without a manifest has none', async () => {
    const tree = await treeOf('one', { 'manifest.yaml': 'name: calendar' });
    const other = await treeOf('two', { 'manifest.yaml': 'name: calendar', more: '' });
    const bare = await treeOf('bare', { a: '' });
    const text = signRelease({ ...about, tree }, await keys.key('author'));
    assert.throws(() => verifyRelease(text, other, 'it'), refused);
    assert.throws(() => verifyRelease(text, bare, 'it'), refused);
    assert.throws(() => verifyRelease(`${text}${' '.repeat(20_000)}`, tree, 'it'), refused);
    const author = await keys.key('author');
    assert.throws(() => signRelease({ ...about, tree: bare }, author), refused);
  });

  it('is refused by another key than it names, and of another form', async () => {
    const tree = await treeOf('three', { 'manifest.yaml': 'name: calendar' });
    const [author, other] = [await keys.key('author'), await keys.key('other')];
    const text = signRelease({ ...about, tree }, author);
    const { payload, payloadType } = JSON.parse(text) as Record<string, string>;
    const content = Buffer.from(payload ?? '', 'base64');
    const by = signEnvelope(payloadType ?? '', content, [other]);
    assert.throws(() => verifyRelease(by, tree, 'it'), refused);
    const renamed = by.replace(other.id, author.id);
    assert.throws(() => verifyRelease(renamed, tree, 'it'), refused);
    const spaced = Buffer.from(content.toString().replace(',', ', '));
    const respelled = signEnvelope(payloadType ?? '', spaced, [author]);
    assert.throws(() => verifyRelease(respelled, tree, 'it'), refused);
  });
});
