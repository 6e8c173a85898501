// Owns the unpacking of a container image into one root file system, layer over layer. Refuses to
// touch the disk through an image's links: layers are merged in memory, and links are made last.

import { createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { JsonObject } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import { parseOciReference, readDescriptor } from '../registry/index.ts';
import type { OciManifest, OciReference } from '../registry/index.ts';
import { readArchive, unpackedDigest } from './archive.ts';
import { ImageTree } from './image-tree.ts';
import type { ImageEntry } from './image-tree.ts';
import { layersOf, pinned, pullLayer } from './oci.ts';
import type { FetchContext, Fetched } from './ports.ts';
import { sourceFault } from './reference.ts';
import { createByteBudget } from './tree-writer.ts';
import type { ByteBudget } from './tree-writer.ts';

const configurationBytesMax = 4_000_000;
/** Of what could not be kept, this much is named. */
const leftOutMax = 1_000;

/** What `.opencomputer/image.json` of the tree says; `rootfs/` is beside it. */
export interface ImageDescription {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`. */
  readonly environment: readonly string[];
  readonly workingDirectory: string;
  readonly user: string;
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Paths that not every file system can have; the image runs without them. */
  readonly leftOut: readonly string[];
}

/** Pulls an image for this machine's processor. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchImage(text: string, context: FetchContext): Promise<Fetched> {
  const reference = parseOciReference(text);
  const { signal, ports } = context;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const platform = { os: 'linux', architecture };
  const manifest = await ports.registry.pullManifest(reference, { signal, platform });
  const configuration = await readConfiguration(manifest, { reference, context });
  const tree = await mergeLayers(manifest, { reference, context, configuration });

  const directory = join(context.work, 'tree');
  const { entries, leftOut } = tree.list();
  await writeEntries(join(directory, 'rootfs'), entries);
  const description = describe(configuration, leftOut.slice(0, leftOutMax));
  await mkdir(join(directory, '.opencomputer'));
  const file = join(directory, '.opencomputer', 'image.json');
  await writeFile(file, `${JSON.stringify(description, undefined, 2)}\n`);
  const source = { type: 'image', ...pinned(reference, manifest) } as const;
  const warnings =
    leftOut.length === 0
      ? []
      : [`${leftOut.length} files have names that cannot be kept, such as ${leftOut[0]}`];
  return { directory, source, warnings };
}

interface Pull {
  readonly reference: OciReference;
  readonly context: FetchContext;
}

async function readConfiguration(manifest: OciManifest, pull: Pull): Promise<JsonObject> {
  const descriptor = readDescriptor(pull.reference, manifest.value['config']);
  if (descriptor.size <= configurationBytesMax) {
    const text = await readFile(await pullLayer(descriptor, pull), 'utf8');
    const value = parseJson(text);
    if (isObject(value) && isObject(value['rootfs'])) return value;
  }
  throw sourceFault(pull.context.reference, 'no container image; for a tree write oci:');
}

async function mergeLayers(
  manifest: OciManifest,
  pull: Pull & { readonly configuration: JsonObject },
): Promise<ImageTree> {
  const { reference, context, configuration } = pull;
  const { limits } = context.ports;
  const layers = layersOf(reference, manifest);
  const rootfs = configuration['rootfs'];
  const digests = isObject(rootfs) ? rootfs['diff_ids'] : undefined;
  if (!isList(digests) || digests.length !== layers.length) {
    throw sourceFault(context.reference, 'an image that miscounts its layers');
  }
  const tree = new ImageTree(limits.entriesMax);
  const contents = await createContents(context);
  for (const [index, layer] of layers.entries()) {
    const file = await pullLayer(layer, pull);
    if (digests[index] !== `sha256:${await unpackedDigest(file, limits)}`) {
      throw sourceFault(context.reference, 'a layer that is not what the image says');
    }
    tree.startLayer();
    for await (const entry of readArchive(file, limits)) {
      tree.add(entry, entry.kind === 'file' ? await contents.keep(entry.body) : '');
    }
  }
  return tree;
}

/** Bodies of files, numbered, until it is known which of them remain. */
async function createContents(
  context: FetchContext,
): Promise<{ keep(body: AsyncIterable<Uint8Array>): Promise<string> }> {
  const folder = join(context.work, 'contents');
  await mkdir(folder);
  const budget: ByteBudget = createByteBudget(context.ports.limits.unpackedBytesMax);
  let count = 0;
  return {
    keep: async (body) => {
      context.signal.throwIfAborted();
      count += 1;
      const file = join(folder, String(count));
      await pipeline(budget.count(body), createWriteStream(file, { flags: 'wx', mode: 0o644 }));
      return file;
    },
  };
}

async function writeEntries(root: string, entries: readonly ImageEntry[]): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const { path, node } of entries) {
    if (node.kind === 'folder') await mkdir(join(root, path));
    else if (node.kind === 'file') {
      // Copied, not moved: a hard link of the image is one content at two paths.
      await copyFile(node.content, join(root, path));
      await chmod(join(root, path), node.isProgram ? 0o755 : 0o644);
    }
  }
  for (const { path, node } of entries) {
    if (node.kind === 'link') await symlink(node.target, join(root, path));
  }
}

function describe(configuration: JsonObject, leftOut: readonly string[]): ImageDescription {
  const inner = isObject(configuration['config']) ? configuration['config'] : {};
  const labels = Object.entries(isObject(inner['Labels']) ? inner['Labels'] : {});
  return {
    entrypoint: textsOf(inner['Entrypoint']),
    command: textsOf(inner['Cmd']),
    environment: textsOf(inner['Env']),
    workingDirectory: textOf(inner['WorkingDir']) || '/',
    user: textOf(inner['User']),
    architecture: textOf(configuration['architecture']),
    labels: Object.fromEntries(labels.map(([name, value]) => [name, textOf(value)])),
    leftOut,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): string[] {
  return isList(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
