// Owns permissions in words: what a person reads before a plugin runs, and what an update adds to it.
// Refuses to decide: whether lines are accepted is the person's.

import type { Manifest } from '@opencomputer/contracts';
import type { PluginConsent } from '@opencomputer/contracts/internal';

/** What a manifest asks for, in the form in which a person consents to it. */
export function consentAsked(
  { permissions, requires }: Pick<Manifest, 'permissions' | 'requires'>,
  at: number,
): PluginConsent {
  const secrets = Object.fromEntries(requires.secrets.map(({ name, hosts }) => [name, hosts]));
  return { permissions, secrets, at };
}

/** Each right as one line, in a fixed order; none for a plugin that keeps to itself. */
export function permissionLines({ permissions, secrets }: PluginConsent): readonly string[] {
  const { network, files, environment, devices, processes } = permissions;
  const readable = files.read.filter((path) => !files.write.includes(path));
  return [
    ...network.map(hostLine),
    ...readable.map((path) => `read ${placeOf(path)}`),
    ...files.write.map((path) => `read and write ${placeOf(path)}`),
    ...environment.map((name) => `see the environment variable ${name}`),
    ...devices.map((path) => `use the device ${path}`),
    ...(processes ? ['start other programs inside its sandbox'] : []),
    ...Object.entries(secrets).flatMap(([name, hosts]) =>
      hosts.map((host) => `have the secret "${name}" sent to ${host}`),
    ),
  ];
}

/**
 * The lines of what is asked for that what was allowed does not cover. A host under an allowed
 * wildcard and a path inside an allowed folder are covered; nothing else is guessed.
 */
export function widening(allowed: PluginConsent, asked: PluginConsent): readonly string[] {
  const had = new Set(permissionLines(allowed));
  const { files, network } = allowed.permissions;
  const covered: PluginConsent = {
    ...asked,
    permissions: {
      ...asked.permissions,
      network: asked.permissions.network.filter((host) => !isHostCovered(host, network)),
      files: {
        read: asked.permissions.files.read.filter(
          (path) => !isPathCovered(path, [...files.read, ...files.write]),
        ),
        write: asked.permissions.files.write.filter((path) => !isPathCovered(path, files.write)),
      },
    },
  };
  return permissionLines(covered).filter((line) => !had.has(line));
}

function hostLine(host: string): string {
  if (host === '*') return 'connect to every public host';
  const clear = host.startsWith('http://') ? ', without encryption' : '';
  const name = host.replace(/^http:\/\//, '');
  const sub = name.startsWith('*.') ? `every host under ${name.slice(2)}` : name;
  return `connect to ${sub}${clear}`;
}

function placeOf(path: string): string {
  return path === 'folders' ? 'the folders that you granted to the agent' : path;
}

/** `*` stands for public hosts over TLS on the usual ports; `*.a.org` for what is under `a.org`. */
function isHostCovered(host: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => {
    if (pattern === host) return true;
    if (host.startsWith('http://') || host.includes(':') || host.startsWith('[')) return false;
    if (pattern === '*') return true;
    return pattern.startsWith('*.') && host.replace(/^\*/, '').endsWith(pattern.slice(1));
  });
}

function isPathCovered(path: string, allowed: readonly string[]): boolean {
  return allowed.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
