// Owns the client of OCI registries that a command speaks through. Refuses plain HTTP but to this
// machine and to hosts that the person named.

import type { GuardedFetch, OciClient } from '@opencomputer/agent/authoring';
import type { CommandContext } from '../command-context.ts';
import { registryCredentials } from './registry-login.ts';

const limits = { redirectsMax: 5, requestMsMax: 60_000 };

/** A client with the person's names and passwords, and the fetch that it uses. */
export async function registryClient(
  { environment, clock }: Pick<CommandContext, 'environment' | 'clock'>,
  insecureHosts: ReadonlySet<string> = new Set(),
): Promise<{ readonly oci: OciClient; readonly fetch: GuardedFetch }> {
  const { createGuardedFetch, createOciClient } = await import('@opencomputer/agent/authoring');
  const guarded = createGuardedFetch({ fetch, clock }, limits);
  const credentials = (host: string): ReturnType<typeof registryCredentials> =>
    registryCredentials(environment, host);
  return { fetch: guarded, oci: createOciClient({ fetch: guarded, credentials, insecureHosts }) };
}
