// Owns all registries of a configuration at once: each refreshed, with a memory of its own. Refuses to
// let one that fails hide that it failed: what it could not say is said with the rest.

import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@opencomputer/contracts';
import { refreshIndex } from './index-client.ts';
import type { CurrentIndex, RegistryTrust } from './index-client.ts';
import { readerOf } from './registry-documents.ts';
import type { DocumentPorts } from './registry-documents.ts';

/** What refreshing needs of the machine. */
export interface IndexesPorts extends DocumentPorts {
  readonly registries: readonly RegistryTrust[];
  /** A folder of ours; made with the first state. */
  readonly directory: string;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The indexes of all registries, in their order. Throws PLUGIN_INDEX when one is refused: to go on with
 * the next would hand its names to another.
 */
export async function refreshIndexes(
  ports: IndexesPorts,
  signal: AbortSignal,
): Promise<readonly CurrentIndex[]> {
  const { registries, directory, clock, temporary } = ports;
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const indexes: CurrentIndex[] = [];
  for (const trust of registries) {
    const name = createHash('sha256').update(trust.url).digest('hex').slice(0, 32);
    const file = join(directory, `${name}.json`);
    const read = (until: AbortSignal): ReturnType<typeof readerOf> =>
      readerOf(trust.url, ports, until);
    indexes.push(await refreshIndex({ trust, file, clock, read }, signal));
  }
  return indexes;
}
