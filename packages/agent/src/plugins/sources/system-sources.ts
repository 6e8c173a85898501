// Owns what sources are given on a real machine: its registries, proxies and programs. Refuses the
// rest of the environment, which what is fetched must not see.

import type { Clock } from '@opencomputer/contracts';
import { createGuardedFetch } from '../guarded-fetch.ts';
import type { Fetch } from '../guarded-fetch.ts';
import { createOciClient } from '../registry/index.ts';
import { sourceLimits } from './limits.ts';
import { publicRegistries } from './npm.ts';
import type { SourcePorts } from './ports.ts';

/** What git, npm and python3 need to reach the network as the person does. */
const handedOn = [
  'PATH',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSH_AUTH_SOCK',
  'NODE_EXTRA_CA_CERTS',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
];

/** Sources of this machine. A relative path counts from the home: who asks makes it absolute. */
export function systemSources(
  machine: Pick<SourcePorts, 'fetch' | 'clock' | 'temporary' | 'home'> & {
    readonly fetch: Fetch;
    readonly clock: Clock;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): SourcePorts {
  const { fetch, clock, temporary, home, environment } = machine;
  const guarded = createGuardedFetch({ fetch, clock }, sourceLimits);
  const visible = handedOn.flatMap((name) => {
    const value = environment[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return {
    fetch,
    clock,
    temporary,
    home,
    workingDirectory: home,
    registry: createOciClient({
      fetch: guarded,
      credentials: () => undefined,
      insecureHosts: new Set(),
    }),
    environment: Object.fromEntries(visible),
    registries: {
      npm: addressOf(environment['npm_config_registry'], publicRegistries.npm),
      pypi: addressOf(environment['PIP_INDEX_URL'], publicRegistries.pypi),
    },
    limits: sourceLimits,
  };
}

/** What npm and pip take as well; empty means that nobody set it. */
function addressOf(configured: string | undefined, otherwise: string): string {
  return (configured || otherwise).replace(/\/+$/, '');
}
