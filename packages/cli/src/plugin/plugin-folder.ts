// Owns finding and reading the plugin that an author works on: the folder that was named, or the one
// that the terminal is in. Refuses to run anything of it, and to guess at a wrong manifest.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import type { LocatedDocument } from '@opencomputer/agent/authoring';
import type { CommandContext } from '../command-context.ts';

/** Largest manifest that is read. */
const MANIFEST_BYTES_MAX = 1_000_000;

/** A plugin's folder with what its manifest says. */
export interface PluginFolder {
  readonly directory: string;
  readonly manifest: Manifest;
  /** For the line of each value. */
  readonly document: LocatedDocument;
  /** Unknown keys, each with file and line. */
  readonly warnings: readonly string[];
}

/**
 * The folder of `named`: a folder with a manifest, else the folder that the terminal is in when it is
 * the plugin of that name. Absent: the folder that the terminal is in. Throws PLUGIN_UNKNOWN.
 */
export function findPluginFolder(workingFolder: string, named: string | undefined): string {
  const candidate = resolve(workingFolder, named ?? '.');
  if (manifestFile(candidate) !== undefined) return candidate;
  const here = manifestFile(workingFolder);
  const isNamedHere = here !== undefined && nameIn(readFileSync(here, 'utf8')) === named;
  if (isNamedHere) return workingFolder;
  const remedy = 'Name a folder with a manifest.yaml, or make one with `agent plugin new --name`.';
  throw new AgentError('PLUGIN_UNKNOWN', { plugin: named ?? workingFolder, remedy });
}

/** Reads the manifest of a plugin. Throws PLUGIN_UNKNOWN, or PLUGIN_MANIFEST with file and line. */
export async function readPluginFolder(
  { environment }: Pick<CommandContext, 'environment'>,
  named: string | undefined,
): Promise<PluginFolder> {
  const directory = findPluginFolder(environment.workingFolder, named);
  const file = manifestFile(directory) ?? '';
  const { size } = statSync(file);
  if (size > MANIFEST_BYTES_MAX) {
    const problem = `${size} bytes; at most ${MANIFEST_BYTES_MAX}`;
    throw new AgentError('PLUGIN_MANIFEST', { file, problem });
  }
  const { checkManifest, parseYaml } = await import('@opencomputer/agent/authoring');
  const document = parseYaml(readFileSync(file, 'utf8'), file);
  return { directory, document, ...checkManifest(document) };
}

/** The name of a manifest that need not be valid. */
function nameIn(text: string): string | undefined {
  return /^(?:name:|\s*"name":)\s*["']?([a-z][a-z0-9-]*)/m.exec(text)?.[1];
}

function manifestFile(directory: string): string | undefined {
  return ['manifest.yaml', 'manifest.json']
    .map((name) => join(directory, name))
    .find((file) => existsSync(file));
}
