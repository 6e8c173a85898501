// Owns the copying of a person's folder into one of ours. Refuses what an archive could not hold
// either, and leaves out what belongs to version control.

import { constants } from 'node:fs';
import { mkdir, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchContext, Fetched, SourcePorts } from './ports.ts';
import { sourceFault } from './reference.ts';
import { createTreeWriter, treeFault } from './tree-writer.ts';
import type { ArchiveEntry } from './tree-writer.ts';

const leftOut: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.DS_Store', '__pycache__']);

/** Copies a folder as it is now; `path` is absolute. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function fetchFolder(
  path: string,
  context: Omit<FetchContext, 'ports'> & { readonly ports: Pick<SourcePorts, 'limits'> },
): Promise<Fetched> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw sourceFault(context.reference, found === undefined ? 'there is none' : 'it is no folder');
  }
  const directory = join(context.work, 'tree');
  await mkdir(directory);
  const from = await realpath(path);
  const writer = createTreeWriter(directory, context.ports.limits);
  for await (const entry of entriesOf(from, '')) {
    context.signal.throwIfAborted();
    await writer.add(entry);
  }
  await writer.finish();
  return { directory, source: { type: 'folder', path: from }, warnings: [] };
}

async function* entriesOf(root: string, below: string): AsyncGenerator<ArchiveEntry> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    if (leftOut.has(entry.name)) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      yield { path, kind: 'folder' };
      yield* entriesOf(root, path);
    } else if (entry.isSymbolicLink()) {
      yield { path, kind: 'link', target: await readlink(join(root, path)) };
    } else if (entry.isFile()) yield* fileOf(root, path);
    else throw treeFault(path, 'neither a file nor a folder');
  }
}

async function* fileOf(root: string, path: string): AsyncGenerator<ArchiveEntry> {
  // A link that took the file's place meanwhile is not followed.
  const handle = await open(join(root, path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { mode } = await handle.stat();
    const body = handle.createReadStream({ autoClose: false });
    yield { path, kind: 'file', isProgram: (mode & 0o100) !== 0, body };
  } finally {
    await handle.close();
  }
}
