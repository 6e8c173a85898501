import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tgz } from './fixtures/archives.ts';
import { publish } from './fixtures/npm-registry.ts';
import { startWorkshop } from './fixtures/workshop.ts';
import type { Workshop } from './fixtures/workshop.ts';

let shop: Workshop;
before(async () => {
  shop = await startWorkshop();
  publish(shop, 'leaf', { '1.0.0': {}, '1.4.0': {}, '2.0.0': {} });
  publish(shop, '@scope/plugin', { '1.0.0': {}, '1.1.0-beta.1': {} });
  publish(shop, 'old', { '1.0.0': { deprecated: 'use\nanother' } });
});
after(() => shop.close());

describe('an npm package', () => {
  const wanted = { '': '2.0.0', '@^1': '1.4.0', '@1.0.0': '1.0.0', '@latest': '2.0.0' };
  for (const [range, version] of Object.entries(wanted)) {
    it(`is taken as ${version} for "leaf${range}"`, async () => {
      const fetched = await shop.fetch(`npm:leaf${range}`);
      assert.equal(fetched.source.type === 'npm' && fetched.source.version, version);
      const text = await readFile(join(fetched.directory, 'index.js'), 'utf8');
      assert.match(text, new RegExp(`leaf@${version}`));
      await fetched.dispose();
    });
  }

  it('is pinned by its integrity and by a registry that is not the public one', async () => {
    const fetched = await shop.fetch('npm:leaf@1.0.0');
    assert.ok(fetched.source.type === 'npm');
    assert.match(fetched.source.integrity, /^sha512-[A-Za-z0-9+/]{86}==$/);
    assert.equal(fetched.source.registry, `${shop.url}/npm`);
    await fetched.dispose();
  });

  it('takes a pre-release by its tag alone', async () => {
    const fetched = await shop.fetch('npm:@scope/plugin@next');
    assert.equal(fetched.source.type === 'npm' && fetched.source.version, '1.1.0-beta.1');
    await fetched.dispose();
  });

  it('is refused when its archive is another, or has no SHA-512', async () => {
    const dist = { tarball: shop.serve('/files/x.tgz', tgz({ path: 'package/a' })) };
    const document = (more: object): Buffer =>
      Buffer.from(JSON.stringify({ versions: { '1.0.0': { dist: { ...dist, ...more } } } }));
    shop.serve('/npm/x', document({ integrity: `sha512-${'A'.repeat(86)}==` }));
    await shop.refuses('npm:x@1.0.0', 'PLUGIN_SOURCE', /not what the registry says/);
    shop.serve('/npm/x', document({ shasum: 'abc', integrity: 'sha1-abc' }));
    await shop.refuses('npm:x@1.0.0', 'PLUGIN_SOURCE', /no SHA-512/);
    shop.serve('/npm/x', document({ tarball: 'http://example.org/x.tgz', integrity: '' }));
    await shop.refuses('npm:x@1.0.0', 'PLUGIN_SOURCE');
    await shop.refuses('npm:x@9', 'PLUGIN_SOURCE', /no version/);
    await shop.refuses('npm:constructor@toString', 'PLUGIN_SOURCE');
    await shop.refuses('npm:nothing', 'PLUGIN_SOURCE', /has none/);
  });

  it('that is deprecated says so, in one line', async () => {
    const fetched = await shop.fetch('npm:old');
    assert.match(fetched.warnings.join(), /deprecated: use another$/);
    await fetched.dispose();
  });
});
