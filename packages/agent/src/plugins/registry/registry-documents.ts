// Owns where the documents of a registry are read from: files below an address, or an OCI artifact.
// Refuses documents without end; what they say is for others to judge.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { checkUrl, readText } from '../guarded-fetch.ts';
import type { GuardedFetch } from '../guarded-fetch.ts';
import { isList } from '../json-object.ts';
import { readDescriptor } from './oci-client.ts';
import type { OciClient, OciDescriptor } from './oci-client.ts';
import { parseOciReference } from './oci-reference.ts';

/** Reads one document; undefined when there is none. Throws PLUGIN_SOURCE. */
export type DocumentReader = (name: string, bytesMax: number) => Promise<string | undefined>;

/** The machine, as reading sees it. */
export interface DocumentPorts {
  readonly fetch: GuardedFetch;
  readonly oci: OciClient;
  /** An existing folder of ours. */
  readonly temporary: string;
}

const layersMax = 200;

/** A reader for one look at a registry: `https://…/`, or `oci:host/repository:tag`. */
export function readerOf(
  registry: string,
  ports: DocumentPorts,
  signal: AbortSignal,
): DocumentReader {
  if (registry.startsWith('oci:')) return artifactReader(registry.slice(4), ports, signal);
  const base = checkUrl(registry.endsWith('/') ? registry : `${registry}/`);
  return async (name, bytesMax) => {
    const { href } = new URL(name, base);
    const answer = await ports.fetch({ url: href, signal });
    if (answer.status === 200) return readText(answer, bytesMax);
    await answer.drop();
    if (answer.status === 404 || answer.status === 410) return undefined;
    throw fault(href, `the server said ${answer.status}`);
  };
}

/** All documents of one artifact, so that no two of them are of different times. */
function artifactReader(text: string, ports: DocumentPorts, signal: AbortSignal): DocumentReader {
  const reference = parseOciReference(text);
  let layers: Promise<readonly OciDescriptor[]> | undefined;
  const pull = async (): Promise<readonly OciDescriptor[]> => {
    const { value } = await ports.oci.pullManifest(reference, { signal });
    const listed = isList(value['layers']) ? value['layers'] : [];
    if (listed.length > layersMax) throw fault(text, `more than ${layersMax} documents`);
    return listed.map((layer) => readDescriptor(reference, layer));
  };
  return async (name, bytesMax) => {
    const title = 'org.opencontainers.image.title';
    const all = await (layers ??= pull());
    const descriptor = all.find(({ annotations }) => annotations?.[title] === name);
    if (descriptor === undefined) return undefined;
    if (descriptor.size > bytesMax) throw fault(text, `${name} is more than ${bytesMax} bytes`);
    const work = await mkdtemp(join(ports.temporary, 'index-'));
    try {
      const file = join(work, 'document');
      await ports.oci.pullBlob(reference, { descriptor, file, signal });
      return await readFile(file, 'utf8');
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  };
}

function fault(reference: string, problem: string): AgentError {
  return new AgentError('PLUGIN_SOURCE', { reference, problem });
}
