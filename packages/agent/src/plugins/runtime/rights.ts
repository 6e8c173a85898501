// Owns the rights that a release is started with: what its consent says, in the words of the sandbox.
// Refuses to add any: what is not in the consent, the call or the machine's own is not granted.

import { dirname, join } from 'node:path';
import { readableFolders, writableFolders } from '../granted-paths.ts';
import type { PluginAccess } from '../launch.ts';
import type { RunnableRelease } from '../manager/index.ts';
import type { SandboxNetwork, SandboxRights } from '../sandbox/index.ts';

/** Open files of one process of a plugin. */
const FILES_MAX = 1_024;
const PERSONS_FOLDERS = 'folders';

/** What is known beside the release. */
export interface RightsAround {
  readonly access: PluginAccess;
  /** The plugin's own folder, kept between starts. */
  readonly data: string;
  /** The person's home, for paths that begin with `~`. */
  readonly home: string;
  /** The program that runs it, when it is not one of the machine. */
  readonly interpreter?: string;
  readonly network: 'none' | SandboxNetwork;
}

/** The rights of one start. */
export function rightsOf(release: RunnableRelease, around: RightsAround): SandboxRights {
  const { consent, manifest, directory } = release;
  const { files, devices } = consent.permissions;
  const { access, data, home, interpreter, network } = around;
  const { memoryMb, cpuShare, processesMax, diskMb } = manifest.resources;
  const named = (paths: readonly string[]): readonly string[] =>
    paths.filter((path) => path !== PERSONS_FOLDERS).map((path) => atHome(path, home));
  return {
    code: [directory, ...(interpreter === undefined ? [] : [interpreter])],
    read: [...named(files.read), ...readableFolders(consent.permissions, access.folders)],
    write: [...named(files.write), ...writableFolders(consent.permissions, access.folders)],
    devices,
    scratch: { home: data, storage: access.storage },
    network,
    limits: { memoryMb, cpuShare, processesMax, diskMb, filesMax: FILES_MAX },
  };
}

function atHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}

/** A folder of an interpreter that is not part of the system: its program alone is shown. */
export function interpreterPath(program: string): string | undefined {
  const isSystems = ['/usr', '/bin', '/sbin'].some((folder) => {
    return dirname(program) === folder || program.startsWith(`${folder}/`);
  });
  return isSystems || !program.includes('/') ? undefined : program;
}
