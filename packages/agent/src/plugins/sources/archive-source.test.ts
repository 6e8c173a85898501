import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tgz, zip } from './fixtures/archives.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
});
after(() => shop.close());

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
