// Owns how `agent serve` becomes a process of a cluster: its options, each with a variable where it is
// a secret or the same on every machine. Refuses options of a cluster without one.

import type { ClusterOptions } from '@opencomputer/agent';
import { AgentError } from '@opencomputer/contracts';
import type { ClusterRole } from '@opencomputer/contracts/internal';
import type { OptionValues } from '../definitions.ts';
import type { Environment } from '../environment.ts';

const roles: readonly ClusterRole[] = ['gateway', 'worker'];
/** Options that mean something only in a cluster. */
const options = ['database-url', 'root-key-file', 'temporal-address', 'temporal-namespace', 'role'];

/** Undefined for a process that is alone. Throws OPTION_INVALID. */
export function clusterOf(
  { cluster }: Pick<Environment, 'cluster'>,
  values: OptionValues,
): ClusterOptions | undefined {
  const engine = textOf(values, 'engine') ?? 'embedded';
  if (engine === 'embedded') {
    const typed = options.find((name) => values[keyOf(name)] !== undefined);
    if (typed === undefined) return undefined;
    throw invalid(typed, 'it needs --engine temporal');
  }
  if (engine !== 'temporal') throw invalid('engine', 'expected embedded or temporal');
  const databaseUrl = textOf(values, 'database-url') ?? cluster.databaseUrl;
  const address = textOf(values, 'temporal-address') ?? cluster.temporalAddress;
  const rootKeyFile = textOf(values, 'root-key-file') ?? cluster.rootKeyFile;
  const namespace = textOf(values, 'temporal-namespace');
  if (databaseUrl === undefined) {
    throw invalid(
      'database-url',
      'a cluster needs a PostgreSQL server (OPENCOMPUTER_DATABASE_URL)',
    );
  }
  if (!/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw invalid('database-url', 'expected postgresql://user:password@host:port/database');
  }
  if (address === undefined || !/^[^\s/]+:\d+$/.test(address)) {
    throw invalid('temporal-address', 'expected HOST:PORT of a Temporal server');
  }
  return {
    databaseUrl,
    address,
    roles: rolesOf(textOf(values, 'role')),
    ...(rootKeyFile !== undefined && { rootKeyFile }),
    ...(namespace !== undefined && { namespace }),
  };
}

function rolesOf(typed: string | undefined): readonly ClusterRole[] {
  if (typed === undefined) return roles;
  const names = typed.split(',').map((name) => name.trim());
  const known = roles.filter((role) => names.includes(role));
  if (names.length === known.length) return known;
  throw invalid('role', 'expected gateway, worker or gateway,worker');
}

function textOf(values: OptionValues, name: string): string | undefined {
  const value = values[keyOf(name)];
  return typeof value === 'string' ? value : undefined;
}

/** As the parser names it: `database-url` is `databaseUrl`. */
function keyOf(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function invalid(option: string, problem: string): AgentError {
  return new AgentError('OPTION_INVALID', { option: `--${option}`, problem });
}
