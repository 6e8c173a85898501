// Owns the form of a plugin in an OCI registry: its archive, its manifest, its signature, its tags.
// Refuses to put other content under a version that is there already.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import { greatestWithin } from '../sources/semver-range.ts';
import type { OciClient, OciDescriptor, OciManifest } from './oci-client.ts';
import { formatOciReference } from './oci-reference.ts';
import type { OciReference } from './oci-reference.ts';
import type { PackedTree } from './pack.ts';
import { signatureMediaType } from './statement.ts';

const artifactType = 'application/vnd.opencomputer.plugin.v1';
const configMediaType = 'application/vnd.opencomputer.plugin.config.v1+json';
const treeMediaType = 'application/vnd.opencomputer.plugin.tree.v1.tar+gzip';
const manifestMediaType = 'application/vnd.oci.image.manifest.v1+json';
const annotation = 'org.opencontainers.image';

/** What is published. */
export interface PublishedPlugin {
  readonly manifest: Manifest;
  readonly packed: PackedTree;
  /** The content of `signature.json`. */
  readonly signature?: string;
}

/** Where it is now. */
export interface Publication {
  /** `host/repository:version`. */
  readonly reference: string;
  /** `sha256:…` of the artifact. */
  readonly digest: string;
  /** False when exactly this was there before. */
  readonly isNew: boolean;
}

/**
 * Sends a plugin to a repository, as its version, and as `latest` when no greater version is there.
 * Throws PLUGIN_SOURCE.
 */
export async function publishPlugin(
  plugin: PublishedPlugin,
  ports: {
    readonly client: OciClient;
    /** Without a tag. */
    readonly repository: OciReference;
    /** An existing folder of ours. */
    readonly temporary: string;
    readonly signal: AbortSignal;
  },
): Promise<Publication> {
  const { client, temporary, signal } = ports;
  const { version } = plugin.manifest;
  const reference = { ...ports.repository, tag: version };
  const work = await mkdtemp(join(temporary, 'publish-'));
  const send = async (content: string | Buffer, mediaType: string): Promise<OciDescriptor> => {
    const file = join(work, 'blob');
    await writeFile(file, content);
    return client.pushBlob(reference, { file, mediaType, signal });
  };
  try {
    const isThere = await client.hasManifest(reference, signal);
    const tree = await send(plugin.packed.archive, treeMediaType);
    if (isThere) {
      const there = await client.pullManifest(reference, { signal });
      refuseOther(there, tree, reference);
      const isSigned = layersOf(there).length > 1;
      if (isSigned || plugin.signature === undefined) {
        return { reference: formatOciReference(reference), digest: there.digest, isNew: false };
      }
    }
    const config = await send(JSON.stringify(plugin.manifest), configMediaType);
    const { signature } = plugin;
    const signed = signature === undefined ? [] : [await send(signature, signatureMediaType)];
    const value = artifactOf(plugin.manifest, { config, layers: [tree, ...signed] });
    const { digest } = await client.pushManifest(reference, { value, signal });
    const tags = await client.tags(reference, signal);
    const greatest = greatestWithin(tags, '*');
    if (greatest === undefined || greatest === version) {
      await client.pushManifest({ ...reference, tag: 'latest' }, { value, signal });
    }
    return { reference: formatOciReference(reference), digest, isNew: true };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function artifactOf(
  { name, version, description }: Manifest,
  parts: { readonly config: OciDescriptor; readonly layers: readonly OciDescriptor[] },
): Parameters<OciClient['pushManifest']>[1]['value'] {
  const plain = ({ mediaType, digest, size }: OciDescriptor) => ({ mediaType, digest, size });
  return {
    schemaVersion: 2,
    mediaType: manifestMediaType,
    artifactType,
    config: plain(parts.config),
    layers: parts.layers.map(plain),
    annotations: {
      [`${annotation}.title`]: name,
      [`${annotation}.version`]: version,
      [`${annotation}.description`]: description,
    },
  };
}

function refuseOther(there: OciManifest, tree: OciDescriptor, reference: OciReference): void {
  const [first] = layersOf(there);
  if (isObject(first) && first['digest'] === tree.digest) return;
  const problem = 'this version is there with other content; raise the version';
  throw new AgentError('PLUGIN_SOURCE', { reference: formatOciReference(reference), problem });
}

function layersOf({ value }: OciManifest): readonly unknown[] {
  return isList(value['layers']) ? value['layers'] : [];
}
