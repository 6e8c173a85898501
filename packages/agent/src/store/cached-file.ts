// Owns files that can be made again from what they are named after, such as a trained classifier.
// Refuses to be the only place of anything: a file that is missing or unreadable is made anew.

import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a cached file is, and what its content depends on. */
export interface CachedFile {
  readonly directory: string;
  /** What it is; older files of the same name are removed. */
  readonly name: string;
  /** Hexadecimal digest of everything the content depends on. */
  readonly digest: string;
}

/** The cached files of one name. */
export interface Cache {
  read(digest: string): Promise<Uint8Array | undefined>;
  /** Never throws: what could not be kept is told to `report`, and is made again. */
  write(digest: string, bytes: Uint8Array): Promise<void>;
}

/** The cache of what is called `name` in a directory. */
export function createCache({
  report,
  ...place
}: Omit<CachedFile, 'digest'> & { report: (error: unknown, about: string) => void }): Cache {
  return {
    read: (digest) => readCached({ ...place, digest }),
    write: (digest, bytes) =>
      writeCached({ ...place, digest }, bytes).catch((error: unknown) =>
        report(error, `cache ${place.name}`),
      ),
  };
}

/** The bytes of a cached file; undefined when there is none. */
export async function readCached({
  directory,
  name,
  digest,
}: CachedFile): Promise<Uint8Array | undefined> {
  try {
    return await readFile(join(directory, `${name}-${digest}`));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** Writes a cached file whole, and removes those it replaces. */
export async function writeCached(file: CachedFile, bytes: Uint8Array): Promise<void> {
  const { directory, name, digest } = file;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${name}-${digest}`);
  await writeFile(`${path}.new`, bytes, { mode: 0o600 });
  await rename(`${path}.new`, path);
  const old = (await readdir(directory)).filter(
    (entry) => entry.startsWith(`${name}-`) && entry !== `${name}-${digest}`,
  );
  await Promise.all(old.map((entry) => rm(join(directory, entry), { force: true })));
}
