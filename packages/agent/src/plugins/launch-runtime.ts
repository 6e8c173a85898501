// Owns which program a manifest means, for the runtimes that are a process on this machine. Refuses
// ambient environment, and a program outside the plugin that the manifest did not name plainly.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import type { ChildSpecification } from './child.ts';
import { LINE_BYTES_EXTRA, baseEnvironment } from './launch.ts';
import type { LaunchPlaces } from './launch.ts';

/** A plugin's code: its manifest and the folder that it lies in. */
export interface PluginCode {
  readonly manifest: Manifest;
  readonly directory: string;
}

/** The interpreters that manifests do not name. */
export interface Interpreters {
  readonly node: string;
  /** Absent: `python3` of PATH. */
  readonly python?: string;
}

/**
 * The program and its arguments. Python gets neither variables nor packages of the machine's user, and
 * writes no bytecode: the folder of a plugin is not its own to change. Throws PLUGIN_START for a
 * runtime that is no process here.
 */
export function runtimeCommand(
  { manifest, directory }: PluginCode,
  interpreters: Interpreters,
): readonly [string, ...string[]] {
  const { runtime, entry, command } = manifest;
  if (runtime === 'node') return [interpreters.node, join(directory, entry)];
  if (runtime === 'python') {
    return [interpreters.python ?? 'python3', '-E', '-s', '-B', join(directory, entry)];
  }
  const [program, ...words] = command ?? [];
  if (program === undefined || !['mcp', 'command', 'grpc'].includes(runtime)) {
    const problem = `runtime ${runtime} is not a program of this machine`;
    throw new AgentError('PLUGIN_START', { plugin: manifest.name, problem });
  }
  return [program.includes('/') ? join(directory, program) : program, ...words];
}

/** How the process of such a plugin is started, without a sandbox. Throws PLUGIN_START. */
export async function launchRuntime(
  code: PluginCode,
  places: LaunchPlaces & { readonly python?: string },
): Promise<ChildSpecification> {
  const { manifest } = code;
  const [command, ...words] = runtimeCommand(code, places);
  const home = join(places.scratch, manifest.name);
  await mkdir(home, { recursive: true, mode: 0o700 });
  return {
    command,
    arguments: words,
    environment: baseEnvironment(places, { home, certificates: false }),
    directory: home,
    lineBytesMax: manifest.resources.outputBytesMax * 2 + LINE_BYTES_EXTRA,
  };
}
