// Owns plugins that are one archive: a file of this machine, or one behind an address. Refuses an
// archive that is not the one whose digest was given.

import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { soleFolder, unpackArchive } from './archive.ts';
import { downloadFile } from './download.ts';
import { fileDigest } from './file-digest.ts';
import type { FetchContext, Fetched } from './ports.ts';
import { sourceFault } from './reference.ts';
import type { SourceReference } from './reference.ts';

/** Unpacks an archive of this machine; `path` is absolute. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchArchiveFile(path: string, context: FetchContext): Promise<Fetched> {
  // A copy, so that what is unpacked is what was looked at.
  const file = join(context.work, 'archive');
  await copyFile(path, file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EISDIR') throw error;
    throw sourceFault(context.reference, 'there is no such file');
  });
  return unpack(file, { path, sha256: await fileDigest(file) }, context);
}

/** Fetches and unpacks an archive. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchArchive(
  wanted: SourceReference & { type: 'archive' },
  context: FetchContext,
): Promise<Fetched> {
  const file = join(context.work, 'archive');
  const sha256 = await downloadFile(wanted.url, { file, context });
  if (wanted.sha256 !== undefined && wanted.sha256 !== sha256) {
    throw sourceFault(context.reference, `its digest is sha256=${sha256}`);
  }
  return unpack(file, { path: wanted.url, sha256 }, context);
}

async function unpack(
  file: string,
  place: { readonly path: string; readonly sha256: string },
  context: FetchContext,
): Promise<Fetched> {
  const tree = join(context.work, 'tree');
  await mkdir(tree);
  await unpackArchive(file, tree, context.ports.limits);
  if ((await readdir(tree)).length === 0) throw sourceFault(context.reference, 'it is empty');
  return { directory: await soleFolder(tree), source: { type: 'mcpb', ...place }, warnings: [] };
}
