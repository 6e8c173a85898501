// Owns the fetching of a plugin by its name: looked up in the registries, pulled by digest, held to
// what the index says. Refuses a plugin that is not the one that was listed.

import { AgentError } from '@opencomputer/contracts';
import { resolveName, withdrawnReason } from '../registry/index.ts';
import type { CurrentIndex, FoundRelease } from '../registry/index.ts';
import type { PluginManager } from './manager.ts';
import type { FetchedPlugin, ManagerPorts } from './ports.ts';

const nameForm = /^([a-z][a-z0-9-]{0,63})(?:@([^@\s]{1,100}))?$/;

/** A fetch that also takes `name` and `name@range`. Throws PLUGIN_SOURCE, PLUGIN_INDEX. */
export function createIndexedFetch(
  fetch: ManagerPorts['fetch'],
  ports: {
    readonly frameworkVersion: string;
    indexes(signal: AbortSignal): Promise<readonly CurrentIndex[]>;
  },
): ManagerPorts['fetch'] {
  const { frameworkVersion } = ports;
  return async (reference, signal) => {
    const [, name, range] = nameForm.exec(reference) ?? [];
    if (name === undefined) return fetch(reference, signal);
    const indexes = await ports.indexes(signal);
    const wanted = { name, frameworkVersion, ...(range !== undefined && { range }) };
    const found = resolveName(indexes, wanted);
    const fetched = await fetch(`oci:${found.reference}`, signal);
    const problem = misfit(fetched, found);
    if (problem !== undefined) {
      await fetched.dispose();
      throw new AgentError('PLUGIN_SOURCE', { reference, problem });
    }
    const offline = indexes.find(({ registry }) => registry === found.registry)?.offline;
    const warnings = [
      ...fetched.warnings,
      ...(offline === undefined ? [] : [`${found.registry} could not be asked: ${offline}`]),
      ...(found.state === 'flagged' ? [`it is flagged: ${found.reason}`] : []),
    ];
    return { ...fetched, origin: found.tier, warnings };
  };
}

/** Stops what the registries have withdrawn, by its digest, whatever name it was added by. */
export async function withdrawListed(
  manager: Pick<PluginManager, 'list' | 'withdraw'>,
  indexes: readonly CurrentIndex[],
): Promise<void> {
  for (const { name, canary, ...current } of manager.list()) {
    for (const { digest, source } of canary === undefined ? [current] : [canary, current]) {
      const reason = source.type === 'oci' ? withdrawnReason(indexes, source.digest) : undefined;
      if (reason !== undefined) await manager.withdraw(name, digest, reason);
    }
  }
}

/** How what was pulled differs from what the index lists. */
function misfit(
  { manifest, source, publisher }: FetchedPlugin,
  found: FoundRelease,
): string | undefined {
  if (manifest.name !== found.name || manifest.version !== found.version) {
    return `it is ${manifest.name} ${manifest.version}, listed as ${found.name} ${found.version}`;
  }
  const digest = source.type === 'oci' ? source.digest : '';
  if (!found.reference.endsWith(`@${digest}`)) return 'its digest is not the one that is listed';
  if (publisher?.id !== found.publisher) return 'it is not signed by the publisher that is listed';
  return undefined;
}
