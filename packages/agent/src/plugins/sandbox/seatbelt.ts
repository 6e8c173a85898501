// Owns the full tier on macOS: a profile for `sandbox-exec` that allows what was granted. Refuses a
// door to the proxy, which needs a network of its own; never run by our checks, which have no macOS.

import type { ChildSpecification } from '../child.ts';
import { findCommand, innerEnvironment } from './command.ts';
import { describeLimits } from './limits.ts';
import type { LimitHolders } from './limits.ts';
import { refusal, resolveRights } from './rights.ts';
import type { Grant } from './rights.ts';
import type { Sandbox, SandboxSettings } from './enclosure.ts';

const NOTHING: LimitHolders = {
  controllers: new Set(),
  countsProcesses: false,
  hardLimits: new Map(),
};
/** What every program of macOS reads before its first line. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/System', '/Library/Apple', '/private/var/db/dyld'];
const DEVICES = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom'];

/** Starts programs under a profile of their own; memory, processor and disk are not bounded. */
export function seatbeltSandbox(_settings: SandboxSettings, sandboxExec: string): Sandbox {
  return {
    name: 'sandbox-exec',
    tier: 'full',
    describe: () =>
      describeLimits(NOTHING).map(({ limit }) => ({
        limit,
        heldBy: 'nothing',
        detail: 'macOS has no limits for a group of processes',
      })),
    enclose: async (specification, { plugin, rights }) => {
      if (rights.network !== 'none') {
        throw refusal(plugin, 'the network of a plugin cannot be bounded on macOS yet');
      }
      const command = await findCommand(specification);
      const { home } = rights.scratch;
      const grants = await resolveRights(plugin, {
        ...rights,
        code: [...rights.code, ...command.code],
        write: [...rights.write, ...(home === undefined ? [specification.directory] : [])],
      });
      const enclosed: ChildSpecification = {
        ...specification,
        command: sandboxExec,
        arguments: ['-p', seatbeltProfile(grants), command.path, ...specification.arguments],
        environment: innerEnvironment(specification.environment),
      };
      return enclosed;
    },
  };
}

/** The profile, in the language of sandbox-exec: everything is denied that is not named. */
export function seatbeltProfile(grants: readonly Grant[]): string {
  const rule = (operation: string, paths: readonly string[], filter: string): string[] =>
    paths.length === 0
      ? []
      : [`(allow ${operation}\n${paths.map((path) => `  (${filter} ${quote(path)})`).join('\n')})`];
  const of = (access: Grant['access']): string[] =>
    grants.filter((grant) => grant.access === access).map(({ source }) => source);
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-fork)',
    '(allow process-exec)',
    '(allow signal (target same-sandbox))',
    '(allow sysctl-read)',
    '(allow file-read-metadata)',
    ...rule('file-read*', [...SYSTEM, ...of('read'), ...of('write')], 'subpath'),
    ...rule('file-write*', of('write'), 'subpath'),
    ...rule('file-read* file-write*', [...DEVICES, ...of('device')], 'literal'),
    '',
  ].join('\n');
}

/** A string of the profile's language, in which a path cannot end its own quotes. */
function quote(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
