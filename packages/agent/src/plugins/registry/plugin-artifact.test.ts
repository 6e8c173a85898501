import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import { requirement, startOciRegistry } from '@opencomputer/testkit';
import type { OciRegistry } from '@opencomputer/testkit';
import { readTree } from '../content/index.ts';
import { startWorkshop } from '../sources/fixtures/workshop.ts';
import type { Workshop } from '../sources/fixtures/workshop.ts';
import { startKeys } from './fixtures/keys.ts';
import type { Keys } from './fixtures/keys.ts';
import { parseOciReference } from './oci-reference.ts';
import type { OciReference } from './oci-reference.ts';
import { packTree } from './pack.ts';
import { publishPlugin } from './plugin-artifact.ts';
import type { Publication, PublishedPlugin } from './plugin-artifact.ts';
import { signatureMediaType, signRelease } from './statement.ts';

const { signal } = new AbortController();
const created = new Date(0);
const program = requirement('registry');

async function released(shop: Workshop, version: string, body = 'a'): Promise<PublishedPlugin> {
  const text = `name: calendar\nversion: ${version}\n`;
  const folder = await shop.folder(`${version}-${body}`, { 'manifest.yaml': text, body });
  const manifest = manifestSchema.parse({
    name: 'calendar',
    version,
    framework_version: '*',
    description: 'Dates.',
    runtime: 'command',
    command: ['./body'],
    provides: { tools: [] },
  });
  return { manifest, packed: await packTree(folder) };
}

if (program !== undefined) {
  describe('a plugin that is published in a real registry', () => {
    let shop: Workshop;
    let keys: Keys;
    let registry: OciRegistry;
    let repository: OciReference;
    before(async () => {
      [shop, keys] = [await startWorkshop(), await startKeys()];
      registry = await startOciRegistry(program, join(shop.base, 'registry'));
      repository = parseOciReference(`${registry.host}/plugins/calendar`);
    });
    after(async () => {
      await registry.stop();
      await shop.close();
      await keys.close();
    });
    const publish = (plugin: PublishedPlugin, to = repository): Promise<Publication> => {
      const { registry: client, temporary } = shop.ports;
      return publishPlugin(plugin, { client, repository: to, temporary, signal });
    };
    const signed = async (plugin: PublishedPlugin, by = 'author'): Promise<PublishedPlugin> => {
      const { name, version } = plugin.manifest;
      const release = { name, version, tree: plugin.packed.tree, created };
      return { ...plugin, signature: signRelease(release, await keys.key(by)) };
    };
    const tagged = (tag: string): OciReference => ({ ...repository, tag });

    it('is what `oci:` pulls, with its publisher', async () => {
      const plugin = await signed(await released(shop, '1.0.0'));
      const { digest, reference } = await publish(plugin);
      assert.equal(reference, `${registry.host}/plugins/calendar:1.0.0`);
      for (const name of [':1.0.0', ':latest', `@${digest}`]) {
        const fetched = await shop.fetch(`oci:${registry.host}/plugins/calendar${name}`);
        assert.equal((await readTree(fetched.directory)).digest, plugin.packed.tree.digest);
        assert.equal(fetched.publisher?.id, (await keys.key('author')).id);
        assert.equal((fetched.source as { digest: string }).digest, digest);
        await fetched.dispose();
      }
      assert.deepEqual(await shop.left(), []);
    });

    it('is there once: again is nothing new, other content under its version is refused', async () => {
      const plugin = await signed(await released(shop, '1.1.0'));
      const first = await publish(plugin);
      assert.deepEqual(await publish(plugin), { ...first, isNew: false });
      const other = await signed(await released(shop, '1.1.0', 'b'));
      await assert.rejects(publish(other), /raise the version/);
      const there = await shop.ports.registry.pullManifest(tagged('1.1.0'), { signal });
      assert.equal(there.digest, first.digest);
    });

    it('can be signed later, and a repair of an older version does not become the latest', async () => {
      const to = parseOciReference(`${registry.host}/plugins/later`);
      const plugin = await released(shop, '2.0.0');
      await publish(plugin, to);
      const bare = await shop.fetch(`oci:${registry.host}/plugins/later:2.0.0`);
      assert.equal(bare.publisher, undefined);
      await bare.dispose();
      assert.equal((await publish(await signed(plugin), to)).isNew, true);
      await publish(await released(shop, '1.9.9'), to);
      const latest = await shop.fetch(`oci:${registry.host}/plugins/later:latest`);
      assert.match(await readFile(join(latest.directory, 'manifest.yaml'), 'utf8'), /2\.0\.0/);
      assert.ok(latest.publisher);
      await latest.dispose();
    });

    it('is refused when its signature is of another release, damaged, or one of two', async () => {
      const { registry: client } = shop.ports;
      const mine = await signed(await released(shop, '3.0.0', 'mine'));
      const other = await signed(await released(shop, '3.0.0', 'other'));
      const { signature = '' } = other;
      await publish(mine);
      const { value } = await client.pullManifest(tagged('3.0.0'), { signal });
      const [tree] = value['layers'] as object[];
      const push = async (tag: string, ...texts: readonly string[]): Promise<string> => {
        const layers = [tree];
        for (const text of texts) {
          const file = join(shop.base, `${tag}.signature`);
          await writeFile(file, text);
          const mediaType = signatureMediaType;
          layers.push(await client.pushBlob(repository, { file, mediaType, signal }));
        }
        const changed = { ...value, layers: layers as never };
        await client.pushManifest(tagged(tag), { value: changed, signal });
        return `oci:${registry.host}/plugins/calendar:${tag}`;
      };
      await shop.refuses(await push('swapped', signature), 'PLUGIN_SIGNATURE', /other content/);
      await shop.refuses(await push('damaged', 'x'), 'PLUGIN_SIGNATURE');
      const two = await push('two', mine.signature ?? '', signature);
      await shop.refuses(two, 'PLUGIN_SOURCE', /not one signature/);
    });
  });
}
