// Owns the way from an author's folder to what others will install: copied as `plugin add ./folder`
// would copy it, then packed. Refuses to run anything of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packTree } from '../registry/index.ts';
import type { PackedTree } from '../registry/index.ts';
import { fetchFolder } from '../sources/folder.ts';
import { sourceLimits } from '../sources/limits.ts';

/** Packs a folder; `temporary` is an existing folder. Throws PLUGIN_SOURCE, PLUGIN_TREE. */
export async function packFolder(
  folder: string,
  { temporary, signal }: { readonly temporary: string; readonly signal: AbortSignal },
): Promise<PackedTree> {
  const work = await mkdtemp(join(temporary, 'pack-'));
  try {
    const context = { work, signal, reference: folder, ports: { limits: sourceLimits } };
    const { directory } = await fetchFolder(folder, context);
    return await packTree(directory);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
