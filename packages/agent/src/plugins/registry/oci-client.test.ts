import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAgentError } from '@opencomputer/contracts';
import type { JsonObject } from '@opencomputer/contracts';
import { createFakeClock, requirement, startOciRegistry } from '@opencomputer/testkit';
import type { OciRegistry } from '@opencomputer/testkit';
import { createGuardedFetch } from '../guarded-fetch.ts';
import type { Fetch } from '../guarded-fetch.ts';
import { createOciClient, digestOf, readDescriptor } from './oci-client.ts';
import type { OciClient, OciDescriptor } from './oci-client.ts';
import { parseOciReference } from './oci-reference.ts';

const { signal } = new AbortController();
const refused = (error: unknown): boolean => isAgentError(error, 'PLUGIN_SOURCE');
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

function clientOver(fetch: Fetch): OciClient {
  const limits = { redirectsMax: 3, requestMsMax: 30_000 };
  return createOciClient({
    fetch: createGuardedFetch({ fetch, clock: createFakeClock() }, limits),
    credentials: () => undefined,
    insecureHosts: new Set(),
  });
}

function manifestOf(layer: OciDescriptor): JsonObject {
  return {
    schemaVersion: 2,
    mediaType: imageType,
    config: { mediaType: layer.mediaType, digest: layer.digest, size: layer.size },
    layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: layer.size }],
  };
}

const program = requirement('registry');
if (program !== undefined) {
  describe('a client of a real registry', () => {
    let base: string;
    let registry: OciRegistry;
    const client = clientOver(fetch);
    before(async () => {
      base = await mkdtemp(join(tmpdir(), 'oci-client-'));
      registry = await startOciRegistry(program, join(base, 'registry'));
    });
    after(async () => {
      await registry.stop();
      await rm(base, { recursive: true, force: true });
    });
    const push = async (tag: string, text: string): Promise<OciDescriptor> => {
      const reference = parseOciReference(`${registry.host}/team/thing:${tag}`);
      const file = join(base, `${tag}.blob`);
      await writeFile(file, text);
      const blob = await client.pushBlob(reference, { file, mediaType: 'text/plain', signal });
      return client.pushManifest(reference, { value: manifestOf(blob), signal });
    };

    it('pulls what it pushed, by tag and by digest', async () => {
      const pushed = await push('one', 'content one');
      for (const name of [':one', `@${pushed.digest}`, `:one@${pushed.digest}`]) {
        const reference = parseOciReference(`${registry.host}/team/thing${name}`);
        const manifest = await client.pullManifest(reference, { signal });
        assert.equal(manifest.digest, pushed.digest);
        const [layer] = manifest.value['layers'] as unknown[];
        const descriptor = readDescriptor(reference, layer);
        const file = join(base, `pulled-${name.length}`);
        await client.pullBlob(reference, { descriptor, file, signal });
        assert.equal(await readFile(file, 'utf8'), 'content one');
      }
    });

    it('sends a part that is there only once, and lists tags', async () => {
      await push('two', 'shared');
      const reference = parseOciReference(`${registry.host}/team/thing:two`);
      const file = join(base, 'two.blob');
      const again = await client.pushBlob(reference, { file, mediaType: 'text/plain', signal });
      assert.equal(again.digest, digestOf(Buffer.from('shared')));
      await push('three', 'third');
      const tags = await client.tags(reference, signal);
      assert.ok(['two', 'three'].every((tag) => tags.includes(tag)));
    });

    it('chooses by platform from an index', async () => {
      const manifests = [];
      for (const architecture of ['amd64', 'arm64']) {
        const { digest, size } = await push(architecture, `for ${architecture}`);
        const platform = { os: 'linux', architecture };
        manifests.push({ mediaType: imageType, digest, size, platform });
      }
      const value = { schemaVersion: 2, mediaType: indexType, manifests };
      const reference = parseOciReference(`${registry.host}/team/thing:all`);
      await client.pushManifest(reference, { value, signal });
      const platform = { os: 'linux', architecture: 'arm64' };
      const found = await client.pullManifest(reference, { signal, platform });
      assert.equal(found.digest, manifests[1]?.digest);
      const none = { os: 'linux', architecture: 's390x' };
      await assert.rejects(client.pullManifest(reference, { signal, platform: none }), refused);
      await assert.rejects(client.pullManifest(reference, { signal }), refused);
    });

    it('says that there is none', async () => {
      const reference = parseOciReference(`${registry.host}/team/thing:gone`);
      await assert.rejects(client.pullManifest(reference, { signal }), /there is none/);
      const descriptor = { mediaType: 'x', digest: digestOf(Buffer.from('no')), size: 2 };
      const file = join(base, 'gone');
      await assert.rejects(client.pullBlob(reference, { descriptor, file, signal }), refused);
    });
  });
}

describe('a registry that lies', () => {
  const reference = parseOciReference('registry.example/a:1');
  const layer = { mediaType: 'x', digest: digestOf(Buffer.from('good')), size: 4 };
  const good = JSON.stringify(manifestOf(layer));
  const answerWith = (body: string, headers: Record<string, string> = {}): OciClient =>
    clientOver(async () => new Response(body, { headers }));

  it('is refused when a manifest is not what its digest says', async () => {
    const digest = digestOf(Buffer.from('another'));
    const lies = answerWith(good, { 'docker-content-digest': digest });
    await assert.rejects(lies.pullManifest(reference, { signal }), refused);
    const exact = { ...reference, digest };
    await assert.rejects(answerWith(good).pullManifest(exact, { signal }), refused);
    await answerWith(good).pullManifest(reference, { signal });
  });

  for (const text of ['', 'x', '[]', '{}', '{"schemaVersion":1,"layers":[]}']) {
    it(`is refused with the manifest ${JSON.stringify(text)}`, () =>
      assert.rejects(answerWith(text).pullManifest(reference, { signal }), refused));
  }

  it('is refused when a manifest is an index too', async () => {
    const both = JSON.stringify({ schemaVersion: 2, layers: [], manifests: [] });
    await assert.rejects(answerWith(both).pullManifest(reference, { signal }), refused);
  });

  it('leaves no file of a part that is not what its digest says', async () => {
    const base = await mkdtemp(join(tmpdir(), 'oci-lies-'));
    try {
      for (const body of ['evil', 'goo', 'good and more']) {
        const options = { descriptor: layer, file: join(base, 'blob'), signal };
        await assert.rejects(answerWith(body).pullBlob(reference, options), refused);
        assert.deepEqual(await readdir(base), []);
      }
    } finally {
      await rm(base, { recursive: true });
    }
  });

  for (const value of [null, {}, { mediaType: 'x', digest: 'sha256:1', size: 1 }]) {
    it(`is refused with the descriptor ${JSON.stringify(value)}`, () => {
      assert.throws(() => readDescriptor(reference, value), refused);
    });
  }
});
