// Owns the way from a reference to a folder of ours: one fetch, its folder, its end. Refuses to leave
// anything behind of a fetch that failed.

import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fetchArchive, fetchArchiveFile } from './archive-source.ts';
import { fetchFolder } from './folder.ts';
import { fetchGit } from './git.ts';
import { fetchImage } from './image.ts';
import { installNodeDependencies } from './node-dependencies.ts';
import { fetchNpm } from './npm.ts';
import { fetchOci } from './oci.ts';
import type { FetchContext, Fetched, FetchedSource, SourcePorts } from './ports.ts';
import { fetchPypi, fetchWheelFile } from './pypi.ts';
import { parseReference, sourceFault } from './reference.ts';
import type { SourceReference } from './reference.ts';
import { fetchServer } from './server-source.ts';

/**
 * Fetches what a person named, pins it, and unpacks it; nothing of it is run. Throws PLUGIN_SOURCE
 * when it cannot be had, PLUGIN_TREE when it cannot be kept.
 */
export async function fetchSource(
  reference: string | SourceReference,
  ports: SourcePorts,
  signal: AbortSignal,
): Promise<FetchedSource> {
  const wanted = typeof reference === 'string' ? parseReference(reference) : reference;
  const shown = typeof reference === 'string' ? reference : shownOf(reference);
  signal.throwIfAborted();
  const work = await mkdtemp(join(ports.temporary, 'source-'));
  const dispose = (): Promise<void> => rm(work, { recursive: true, force: true, maxRetries: 3 });
  try {
    const context = { ports, reference: shown, signal, work };
    const fetched = await fetchOne(wanted, context);
    const warnings = hasOwnDependencies(wanted)
      ? await installNodeDependencies(fetched.directory, context)
      : [];
    return { ...fetched, warnings: [...fetched.warnings, ...warnings], dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function fetchOne(wanted: SourceReference, context: FetchContext): Promise<Fetched> {
  switch (wanted.type) {
    case 'folder':
      return fetchFolder(absolute(wanted.path, context), context);
    case 'file': {
      const path = absolute(wanted.path, context);
      return wanted.isWheel ? fetchWheelFile(path, context) : fetchArchiveFile(path, context);
    }
    case 'git':
      return fetchGit(wanted, context);
    case 'npm':
      return fetchNpm(wanted, context);
    case 'pypi':
      return fetchPypi(wanted, context);
    case 'oci':
      return fetchOci(wanted.reference, context);
    case 'image':
      return fetchImage(wanted.reference, context);
    case 'archive':
      return fetchArchive(wanted, context);
    case 'server': {
      const { location } = wanted;
      const isAddress = /^https?:/.test(location);
      return fetchServer(isAddress ? location : absolute(location, context), context);
    }
    case 'name':
      throw sourceFault(wanted.name, 'a name is looked up in the registry of plugins first');
  }
}

/** Wheels and images bring what they need; a `server.json` names what does. */
function hasOwnDependencies({ type }: SourceReference): boolean {
  return !['pypi', 'image', 'server'].includes(type);
}

function absolute(path: string, { ports }: FetchContext): string {
  if (path === '~' || path.startsWith('~/')) return resolve(ports.home, path.slice(2));
  return resolve(ports.workingDirectory, path);
}

function shownOf(reference: SourceReference): string {
  const { type } = reference;
  if ('path' in reference && type !== 'git') return reference.path;
  if ('package' in reference) return `${type}:${reference.package}`;
  if ('reference' in reference) return `${type}:${reference.reference}`;
  if ('url' in reference) return reference.url;
  return 'name' in reference ? reference.name : `${type}:${reference.location}`;
}
