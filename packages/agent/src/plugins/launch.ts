// Owns what a plugin's process is given: program, flags, environment, folder. Refuses ambient
// environment, and every right that the manifest does not ask for.

import { mkdir, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Manifest } from '@opencomputer/contracts';
import type { ChildSpecification } from './child.ts';
import { writableFolders } from './granted-paths.ts';
import type { InstalledProgram, InstalledServer } from './installed.ts';

/** What one process may reach, beside its own code. Two calls with equal access share a process. */
export interface PluginAccess {
  /** Folders that the person granted, when the manifest asks for folders at all. */
  readonly folders: readonly string[];
  /** Where the sealed values of persons are. */
  readonly storage: readonly string[];
}

/** What the composition root says of the machine. */
export interface LaunchPlaces {
  /** The Node program for plugins of runtime `node`. */
  readonly node: string;
  /** Holds one folder for each plugin: its HOME and working folder. */
  readonly scratch: string;
  /** Variables that may be handed on: of these only PATH, LANG, TZ and certificates are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Room for the JSON of an answer around the bytes that a tool may return, escapes included. */
export const LINE_BYTES_EXTRA = 64_000;
const THIRD_PARTY_LINE_BYTES_MAX = 16_000_000;

/** How a plugin of ours is started. Throws when its folder cannot be made. */
export async function launchProgram(
  program: InstalledProgram,
  access: PluginAccess,
  places: LaunchPlaces,
): Promise<ChildSpecification> {
  const { manifest } = program;
  const scratch = join(places.scratch, manifest.name);
  await rm(scratch, { recursive: true, force: true });
  for (const folder of [scratch, ...access.storage]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const network = manifest.permissions.network.length > 0;
  return {
    command: places.node,
    arguments: [
      `--max-old-space-size=${manifest.resources.memoryMb}`,
      '--disable-sigusr1',
      ...(await permissionFlags(program, access)),
      await realpath(program.entry),
    ],
    environment: baseEnvironment(places, { home: scratch, certificates: network }),
    directory: scratch,
    lineBytesMax: manifest.resources.outputBytesMax * 2 + LINE_BYTES_EXTRA,
  };
}

/** How a third party's server is started; it sees what the configuration declares, and its folder. */
export async function launchServer(
  server: InstalledServer,
  command: string,
  places: LaunchPlaces,
): Promise<ChildSpecification> {
  const scratch = join(places.scratch, server.name);
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const base = baseEnvironment(places, { home: scratch, certificates: true });
  return {
    command,
    arguments: server.configuration.arguments,
    environment: { ...base, ...server.configuration.environment },
    directory: scratch,
    lineBytesMax: THIRD_PARTY_LINE_BYTES_MAX,
  };
}

/**
 * Flags of Node's permission model: a second wall around code of ours. A plugin that starts other
 * programs gets none, since those would not be held by it.
 */
async function permissionFlags(
  program: InstalledProgram,
  access: PluginAccess,
): Promise<readonly string[]> {
  const { permissions } = program.manifest;
  if (permissions.processes) return [];
  const code = await existing([program.directory, ...program.libraries]);
  const storage = await existing(access.storage);
  const folders = await existing(access.folders);
  const written = [...storage, ...writableFolders(permissions, folders)];
  return [
    '--permission',
    ...outermost([...code, ...storage, ...folders]).map((path) => `--allow-fs-read=${path}`),
    ...outermost(written).map((path) => `--allow-fs-write=${path}`),
    ...networkFlags(permissions),
  ];
}

/** Before Node 25 the permission model had no say in the network, and the flag is unknown. */
function networkFlags(permissions: Manifest['permissions']): readonly string[] {
  const isKnown = process.allowedNodeEnvironmentFlags.has('--allow-net');
  return isKnown && permissions.network.length > 0 ? ['--allow-net'] : [];
}

/**
 * The paths that lie in no other of them. Node 26 forgets a folder that is granted after something
 * inside it, so nothing inside a granted folder is named.
 */
export function outermost(paths: readonly string[]): readonly string[] {
  const isInside = (path: string): boolean =>
    paths.some((other) => other !== path && path.startsWith(join(other, sep)));
  return [...new Set(paths)].filter((path) => !isInside(path));
}

/** Folders by the names that they are given by and by their own: the permission model knows no links. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    try {
      found.add(await realpath(path)).add(path);
    } catch {
      // A folder that is gone grants nothing.
    }
  }
  return [...found];
}

/** What every process of a plugin sees: a few variables of the machine, and a home of its own. */
export function baseEnvironment(
  places: LaunchPlaces,
  wanted: { readonly home: string; readonly certificates: boolean },
): Record<string, string> {
  const names = ['PATH', 'LANG', 'TZ', ...(wanted.certificates ? ['NODE_EXTRA_CA_CERTS'] : [])];
  const kept = names.flatMap((name) => {
    const value = places.environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), HOME: wanted.home, TMPDIR: wanted.home };
}
