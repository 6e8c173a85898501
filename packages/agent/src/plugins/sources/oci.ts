// Owns a plugin's tree in an OCI registry: layers that are archives, or single files by their title.
// Refuses layers of other kinds, rather than to leave something out.

import { createReadStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTree } from '../content/index.ts';
import {
  formatOciReference,
  parseOciReference,
  readDescriptor,
  signatureBytesMax,
  signatureMediaType,
  verifyRelease,
} from '../registry/index.ts';
import type { OciDescriptor, OciManifest, OciReference, Publisher } from '../registry/index.ts';
import { isList } from '../json-object.ts';
import { readArchive } from './archive.ts';
import type { FetchContext, Fetched } from './ports.ts';
import { sourceFault } from './reference.ts';
import { createTreeWriter } from './tree-writer.ts';

const layersMax = 200;
const titleKey = 'org.opencontainers.image.title';

/**
 * Pulls an artifact and unpacks it, with who signed it. Throws PLUGIN_SOURCE, PLUGIN_TREE,
 * PLUGIN_SIGNATURE.
 */
export async function fetchOci(text: string, context: FetchContext): Promise<Fetched> {
  const reference = parseOciReference(text);
  const { signal, ports } = context;
  const manifest = await ports.registry.pullManifest(reference, { signal });
  const directory = join(context.work, 'tree');
  await mkdir(directory);
  const writer = createTreeWriter(directory, ports.limits);
  const layers = layersOf(reference, manifest);
  for (const layer of layers.filter(({ mediaType }) => mediaType !== signatureMediaType)) {
    const file = await pullLayer(layer, { reference, context });
    const title = layer.annotations?.[titleKey];
    if (isArchive(layer)) {
      for await (const entry of readArchive(file, ports.limits)) await writer.add(entry);
    } else if (title === undefined) {
      throw sourceFault(context.reference, `a layer of the kind ${layer.mediaType}`);
    } else {
      const body = createReadStream(file);
      await writer.add({ path: title, kind: 'file', isProgram: false, body });
    }
  }
  await writer.finish();
  const source = { type: 'oci', ...pinned(reference, manifest) } as const;
  const publisher = await publisherOf(layers, { directory, reference, context });
  return { directory, source, warnings: [], ...(publisher && { publisher }) };
}

/** Who signed the tree, before anything is added to it. A second signature is refused. */
async function publisherOf(
  layers: readonly OciDescriptor[],
  of: {
    readonly directory: string;
    readonly reference: OciReference;
    readonly context: FetchContext;
  },
): Promise<Publisher | undefined> {
  const [layer, more] = layers.filter(({ mediaType }) => mediaType === signatureMediaType);
  if (layer === undefined) return undefined;
  const { reference } = of.context;
  if (more !== undefined || layer.size > signatureBytesMax) {
    throw sourceFault(reference, 'not one signature of a usual size');
  }
  const text = await readFile(await pullLayer(layer, of), 'utf8');
  return verifyRelease(text, await readTree(of.directory), reference);
}

/** The layers of a manifest, lowest first. Throws PLUGIN_SOURCE. */
export function layersOf(reference: OciReference, manifest: OciManifest): OciDescriptor[] {
  const layers = manifest.value['layers'];
  if (!isList(layers) || layers.length === 0 || layers.length > layersMax) {
    throw sourceFault(formatOciReference(reference), `not between 1 and ${layersMax} layers`);
  }
  return layers.map((layer) => readDescriptor(reference, layer));
}

/** Pulls a blob into the work folder; its file. One that is there already is not pulled again. */
export async function pullLayer(
  descriptor: OciDescriptor,
  { reference, context }: { reference: OciReference; context: FetchContext },
): Promise<string> {
  const folder = join(context.work, 'layers');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${descriptor.digest.slice('sha256:'.length)}-${descriptor.size}`);
  const { signal, ports } = context;
  await ports.registry.pullBlob(reference, { descriptor, file, signal });
  return file;
}

function isArchive({ mediaType }: OciDescriptor): boolean {
  return /[.+/](?:tar|zip)(?:[+.](?:gzip|zstd))?$/.test(mediaType);
}

/** The reference as it was written, and what it was; for a `PluginSource`. */
export function pinned(
  reference: OciReference,
  { digest }: OciManifest,
): { readonly reference: string; readonly digest: string } {
  const { digest: _digest, ...named } = reference;
  return { reference: formatOciReference(named), digest };
}
