import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readTree } from '../content/index.ts';
import { tgz, zip } from './fixtures/archives.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
});
after(() => shop.close());

describe('a folder', () => {
  it('is copied as it is, without what belongs to version control', async () => {
    const folder = await shop.folder('plugin', { 'manifest.yaml': 'name: a', 'src/run': 'x' });
    await mkdir(join(folder, '.git'));
    await writeFile(join(folder, '.git/config'), 'secret');
    const fetched = await shop.fetch('./plugin');
    assert.deepEqual(fetched.source, { type: 'folder', path: folder });
    assert.equal(await readFile(join(fetched.directory, 'src/run'), 'utf8'), 'x');
    assert.deepEqual((await readdir(fetched.directory)).toSorted(), ['manifest.yaml', 'src']);
    await fetched.dispose();
    await assert.rejects(access(fetched.directory));
    assert.deepEqual(await shop.left(), []);
  });

  it('is found from home, and is refused when it is none', async () => {
    const fetched = await shop.fetch('~/plugin');
    assert.equal(fetched.source.type, 'folder');
    await fetched.dispose();
    await shop.refuses('./nothing-here', 'PLUGIN_SOURCE');
    assert.deepEqual(await shop.left(), [], 'nothing is left of what failed');
  });

  it('is refused when it holds a link out or a pipe', async () => {
    const folder = await shop.folder('linked', { file: 'x' });
    execFileSync('ln', ['-s', '/etc/passwd', join(folder, 'out')]);
    await shop.refuses('./linked', 'PLUGIN_TREE');
    const piped = await shop.folder('piped', { file: 'x' });
    execFileSync('mkfifo', [join(piped, 'pipe')]);
    await shop.refuses('./piped', 'PLUGIN_TREE');
  });
});

describe('an archive', () => {
  const parts = [{ path: 'package/manifest.yaml', body: 'name: a' }];

  it('of this machine is unpacked and pinned by its digest', async () => {
    const path = await shop.file('thing.mcpb', zip([{ path: 'manifest.json', body: '{}' }]));
    const fetched = await shop.fetch('./thing.mcpb');
    assert.deepEqual(fetched.source, { type: 'mcpb', path, sha256: shop.sha256('thing.mcpb') });
    assert.equal(await readFile(join(fetched.directory, 'manifest.json'), 'utf8'), '{}');
    await fetched.dispose();
  });

  it('behind an address is unpacked when it has the digest that was given', async () => {
    const body = tgz(...parts);
    const url = shop.serve('/thing.tgz', body);
    const sha256 = shop.sha256Of(body);
    for (const reference of [url, `${url}#sha256=${sha256}`]) {
      const fetched = await shop.fetch(reference);
      assert.deepEqual(fetched.source, { type: 'mcpb', path: url, sha256 });
      assert.equal(await readFile(join(fetched.directory, 'manifest.yaml'), 'utf8'), 'name: a');
      await fetched.dispose();
    }
    await shop.refuses(`${url}#sha256=${'0'.repeat(64)}`, 'PLUGIN_SOURCE');
    await shop.refuses(`${shop.url}/none.tgz`, 'PLUGIN_SOURCE');
    shop.serve('/empty.tgz', tgz());
    await shop.refuses(`${shop.url}/empty.tgz`, 'PLUGIN_SOURCE');
  });
});

describe('a server.json', () => {
  const text = JSON.stringify({ name: 'io.example/weather', version: '1.0.0' });

  it('is taken from a path or an address', async () => {
    await shop.file('server.json', Buffer.from(text));
    const url = shop.serve('/server.json', Buffer.from(text));
    for (const reference of ['server:./server.json', `server:${url}`]) {
      const fetched = await shop.fetch(reference);
      assert.deepEqual(fetched.source, { type: 'server', name: 'io.example/weather' });
      const kept: unknown = JSON.parse(
        await readFile(join(fetched.directory, 'server.json'), 'utf8'),
      );
      assert.deepEqual(kept, JSON.parse(text));
      await fetched.dispose();
    }
  });

  it('is refused when it is none', async () => {
    await shop.file('other.json', Buffer.from('[]'));
    await shop.refuses('server:./other.json', 'PLUGIN_SOURCE');
    await shop.file('broken.json', Buffer.from('{'));
    await shop.refuses('server:./broken.json', 'PLUGIN_SOURCE');
  });
});

it('a fetch that was cancelled leaves nothing', async () => {
  await shop.folder('late', { file: 'x' });
  await assert.rejects(shop.fetch('./late', AbortSignal.abort()));
  assert.deepEqual(await shop.left(), []);
});

it('a name is for the registry', () => shop.refuses('calendar', 'PLUGIN_SOURCE'));

it('what was fetched can be kept', async () => {
  const fetched = await shop.fetch('./plugin');
  assert.match((await readTree(fetched.directory)).digest, /^[0-9a-f]{64}$/);
  await fetched.dispose();
});
