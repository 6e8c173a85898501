import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { tar, tgz } from './fixtures/archives.ts';
import { blob, manifest } from './fixtures/oci-content.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
let host: string;
before(async () => {
  shop = await startWorkshop();
  host = new URL(shop.url).host;
});
after(() => shop.close());

const empty = Buffer.from('{}');
const tree = 'application/vnd.opencomputer.plugin.tree.v1';
const title = (text: string): { annotations: Record<string, string> } => ({
  annotations: { 'org.opencontainers.image.title': text },
});

describe('an OCI artifact', () => {
  it('is unpacked from its layers, pinned by its digest', async () => {
    const digest = manifest(shop, '1', {
      config: blob(shop, empty),
      layers: [
        blob(shop, tgz({ path: 'manifest.yaml', body: 'name: a' }), {
          mediaType: `${tree}.tar+gzip`,
        }),
        blob(shop, zstdCompressSync(tar({ path: 'src/a', body: 'a' })), {
          mediaType: `${tree}.tar+zstd`,
        }),
        blob(shop, Buffer.from('words'), { mediaType: 'text/plain', ...title('docs/README') }),
      ],
    });
    for (const name of [':1', `@${digest}`, `:1@${digest}`]) {
      const fetched = await shop.fetch(`oci:${host}/team/thing${name}`);
      const reference = `${host}/team/thing${name.startsWith(':1') ? ':1' : ''}`;
      assert.deepEqual(fetched.source, { type: 'oci', reference, digest });
      const texts = ['manifest.yaml', 'src/a', 'docs/README'].map((path) =>
        readFile(join(fetched.directory, path), 'utf8'),
      );
      assert.deepEqual(await Promise.all(texts), ['name: a', 'a', 'words']);
      await fetched.dispose();
    }
    assert.deepEqual(await shop.left(), []);
  });

  it('is refused when a layer is of an unknown kind, or there is none', async () => {
    const config = blob(shop, empty);
    const strange = blob(shop, Buffer.from('x'), { mediaType: 'application/x-strange' });
    manifest(shop, 'strange', { config, layers: [strange] });
    await shop.refuses(`oci:${host}/team/thing:strange`, 'PLUGIN_SOURCE', /x-strange/);
    manifest(shop, 'none', { config, layers: [] });
    await shop.refuses(`oci:${host}/team/thing:none`, 'PLUGIN_SOURCE', /layers/);
    await shop.refuses(`oci:${host}/team/thing:gone`, 'PLUGIN_SOURCE', /there is none/);
  });

  it('is refused when two layers hold one file, or a title leads out', async () => {
    const config = blob(shop, empty);
    const one = blob(shop, tar({ path: 'a', body: '1' }));
    manifest(shop, 'twice', { config, layers: [one, blob(shop, tar({ path: 'a', body: '2' }))] });
    await shop.refuses(`oci:${host}/team/thing:twice`, 'PLUGIN_TREE');
    const out = blob(shop, empty, { mediaType: 'text/plain', ...title('../evil') });
    manifest(shop, 'out', { config, layers: [out] });
    await shop.refuses(`oci:${host}/team/thing:out`, 'PLUGIN_TREE');
  });
});
