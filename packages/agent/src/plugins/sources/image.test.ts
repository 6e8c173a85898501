import assert from 'node:assert/strict';
import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { readTree } from '../content/index.ts';
import { tar } from './fixtures/archives.ts';
import type { TarPart } from './fixtures/archives.ts';
import { blob, image, manifest } from './fixtures/oci-content.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
let host: string;
before(async () => {
  shop = await startWorkshop();
  host = new URL(shop.url).host;
});
after(() => shop.close());

const layer = (
  pack: (body: Buffer) => Buffer,
  ...parts: TarPart[]
): { packed: Buffer; tar: Buffer } => ({ packed: pack(tar(...parts)), tar: tar(...parts) });

const layers = [
  layer(
    gzipSync,
    { path: 'usr/bin/tool', body: 'tool', mode: 0o4755 },
    { path: 'usr/bin/old', body: 'old' },
    { path: 'bin', type: '2', target: '/usr/bin' },
    { path: 'var/info/libc:amd64', body: 'x' },
  ),
  layer(zstdCompressSync, { path: 'bin/.wh.old' }, { path: 'bin/new', body: 'new' }),
];

describe('a container image', () => {
  it('becomes one root file system with what is to run in it', async () => {
    const configuration = {
      Entrypoint: ['/usr/bin/tool'],
      Cmd: ['serve'],
      Env: ['A=1'],
      WorkingDir: '/srv',
      User: '1000',
      Labels: { title: 'Tool' },
    };
    const digest = image(shop, '1', { layers, configuration });
    const fetched = await shop.fetch(`image:${host}/team/thing:1`);
    assert.deepEqual(fetched.source, { type: 'image', reference: `${host}/team/thing:1`, digest });
    const root = join(fetched.directory, 'rootfs');
    assert.deepEqual((await readdir(join(root, 'usr/bin'))).toSorted(), ['new', 'tool']);
    assert.equal(await readlink(join(root, 'bin')), 'usr/bin');
    assert.equal((await stat(join(root, 'usr/bin/tool'))).mode & 0o7777, 0o755);
    const description: unknown = JSON.parse(
      await readFile(join(fetched.directory, '.opencomputer/image.json'), 'utf8'),
    );
    assert.deepEqual(description, {
      entrypoint: ['/usr/bin/tool'],
      command: ['serve'],
      environment: ['A=1'],
      workingDirectory: '/srv',
      user: '1000',
      architecture: 'amd64',
      labels: { title: 'Tool' },
      leftOut: ['var/info/libc:amd64'],
    });
    assert.match(fetched.warnings.join(), /libc:amd64/);
    // What it lets through, the content store keeps.
    assert.match((await readTree(fetched.directory)).digest, /^[0-9a-f]{64}$/);
    await fetched.dispose();
    assert.deepEqual(await shop.left(), []);
  });

  it('is the one for this processor, of an index', async () => {
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const digest = image(shop, 'one', { layers });
    const size = 1;
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    manifest(shop, 'index', {
      manifests: [
        {
          mediaType,
          digest: `sha256:${'0'.repeat(64)}`,
          size,
          platform: { os: 'plan9', architecture },
        },
        { mediaType, digest, size, platform: { os: 'linux', architecture } },
      ],
    });
    const fetched = await shop.fetch(`image:${host}/team/thing:index`);
    assert.equal('digest' in fetched.source && fetched.source.digest, digest);
    await fetched.dispose();
  });

  it('is refused when a layer is not what the image says', async () => {
    const digests = layers.map(() => `sha256:${'0'.repeat(64)}`);
    image(shop, 'other', { layers, digests });
    await shop.refuses(`image:${host}/team/thing:other`, 'PLUGIN_SOURCE', /not what the image/);
    image(shop, 'few', { layers, digests: digests.slice(1) });
    await shop.refuses(`image:${host}/team/thing:few`, 'PLUGIN_SOURCE', /miscounts/);
  });

  it('is refused when it is an artifact, or reaches out', async () => {
    manifest(shop, 'artifact', {
      config: blob(shop, Buffer.from('{}')),
      layers: [blob(shop, tar({ path: 'a' }))],
    });
    await shop.refuses(`image:${host}/team/thing:artifact`, 'PLUGIN_SOURCE', /no container image/);
    image(shop, 'out', { layers: [layer(gzipSync, { path: '../evil', body: 'x' })] });
    await shop.refuses(`image:${host}/team/thing:out`, 'PLUGIN_TREE');
    image(shop, 'device', { layers: [layer(gzipSync, { path: 'dev/sda', type: '4' })] });
    await shop.refuses(`image:${host}/team/thing:device`, 'PLUGIN_TREE');
  });
});
