import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import { requirement, startOciRegistry } from '@opencomputer/testkit';
import { createGuardedFetch } from '../guarded-fetch.ts';
import { startWorkshop } from '../sources/fixtures/workshop.ts';
import type { Workshop } from '../sources/fixtures/workshop.ts';
import { parseOciReference } from './oci-reference.ts';
import { readerOf } from './registry-documents.ts';
import type { DocumentPorts } from './registry-documents.ts';

const { signal } = new AbortController();
const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_SOURCE');
let shop: Workshop;
let ports: DocumentPorts;
before(async () => {
  shop = await startWorkshop();
  const { clock, limits, registry: oci, temporary } = shop.ports;
  ports = { fetch: createGuardedFetch({ fetch, clock }, limits), oci, temporary };
});
after(() => shop.close());

describe('documents below an address', () => {
  it('are read, or are not there', async () => {
    shop.serve('/registry/index.json', Buffer.from('words'));
    for (const base of [`${shop.url}/registry`, `${shop.url}/registry/`]) {
      const read = readerOf(base, ports, signal);
      assert.equal(await read('index.json', 10), 'words');
      assert.equal(await read('1.root.json', 10), undefined);
    }
  });

  it('are refused without end, and with an answer that is neither', async () => {
    shop.serve('/long/index.json', Buffer.alloc(1_000_000));
    await assert.rejects(readerOf(`${shop.url}/long`, ports, signal)('index.json', 10), refused);
    shop.serve('/broken/index.json', { status: 500 });
    await assert.rejects(readerOf(`${shop.url}/broken`, ports, signal)('index.json', 10), refused);
  });

  it('are never asked for without TLS beyond this machine', () => {
    assert.throws(() => readerOf('http://registry.example/', ports, signal), refused);
  });
});

const program = requirement('registry');
if (program !== undefined) {
  it('documents of an artifact are its layers by their titles', async () => {
    const registry = await startOciRegistry(program, join(shop.base, 'registry'));
    try {
      const reference = parseOciReference(`${registry.host}/plugins/index:latest`);
      const file = join(shop.base, 'index.json');
      await writeFile(file, 'words');
      const mediaType = 'application/json';
      const blob = await ports.oci.pushBlob(reference, { file, mediaType, signal });
      const { digest, size } = blob;
      const annotations = { 'org.opencontainers.image.title': 'index.json' };
      const value = {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType, digest, size },
        layers: [{ mediaType, digest, size, annotations }],
      };
      await ports.oci.pushManifest(reference, { value, signal });
      const read = readerOf(`oci:${registry.host}/plugins/index:latest`, ports, signal);
      assert.equal(await read('index.json', 10), 'words');
      assert.equal(await read('1.root.json', 10), undefined);
      await assert.rejects(read('index.json', 3), refused);
      assert.deepEqual(await shop.left(), []);
    } finally {
      await registry.stop();
    }
  });
}
