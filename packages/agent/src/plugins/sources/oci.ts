// Owns a plugin's tree in an OCI registry: layers that are archives, or single files by their title.
// Refuses layers of other kinds, rather than to leave something out.

import { mkdir } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { formatOciReference, parseOciReference, readDescriptor } from '../registry/index.ts';
import type { OciDescriptor, OciManifest, OciReference } from '../registry/index.ts';
import { isList } from '../json-object.ts';
import { readArchive } from './archive.ts';
import type { FetchContext, Fetched } from './ports.ts';
import { sourceFault } from './reference.ts';
import { createTreeWriter } from './tree-writer.ts';

const layersMax = 200;
const titleKey = 'org.opencontainers.image.title';

/** Pulls an artifact and unpacks it. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchOci(text: string, context: FetchContext): Promise<Fetched> {
  const reference = parseOciReference(text);
  const { signal, ports } = context;
  const manifest = await ports.registry.pullManifest(reference, { signal });
  const directory = join(context.work, 'tree');
  await mkdir(directory);
  const writer = createTreeWriter(directory, ports.limits);
  for (const layer of layersOf(reference, manifest)) {
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
  return { directory, source, warnings: [] };
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
