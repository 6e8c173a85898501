// Owns the reading of a manifest from a plugin's folder: `manifest.json` as the build writes it, else
// `manifest.yaml`. Refuses to run any code of the plugin, and to guess at a wrong value.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import { isObject } from './json-object.ts';

/** Largest manifest. */
export const MANIFEST_BYTES_MAX = 1_000_000;

/** A manifest, the file it came from, and warnings of unknown keys. */
export interface LoadedManifest {
  readonly manifest: Manifest;
  readonly file: string;
  readonly warnings: readonly string[];
}

/**
 * Reads the manifest in a folder; undefined when there is none. `manifest.json` is taken as valid,
 * defaults filled in, since the build writes it; `manifest.yaml` is validated here. Throws
 * PLUGIN_MANIFEST with the file, the line and what was expected.
 */
export async function loadManifest(directory: string): Promise<LoadedManifest | undefined> {
  const built = join(directory, 'manifest.json');
  const json = await readText(built);
  if (json !== undefined) return { manifest: parseBuilt(json, built), file: built, warnings: [] };
  const written = join(directory, 'manifest.yaml');
  const yaml = await readText(written);
  if (yaml === undefined) return undefined;
  const { parseManifest } = await import('./manifest-yaml.ts');
  return { ...parseManifest(yaml, written), file: written };
}

function parseBuilt(text: string, file: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    const problem = `not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}`;
    throw new AgentError('PLUGIN_MANIFEST', { file, problem }, { cause: error });
  }
  const sections = ['provides', 'requires', 'permissions', 'resources'];
  if (isObject(value) && typeof value['name'] === 'string') {
    const isWhole = sections.every((section) => isObject(value[section]));
    if (isWhole) return value as unknown as Manifest;
  }
  const problem = 'not as the build writes it: build again';
  throw new AgentError('PLUGIN_MANIFEST', { file, problem });
}

async function readText(file: string): Promise<string | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const problem = error instanceof Error ? error.message : 'it cannot be read';
    throw new AgentError('PLUGIN_MANIFEST', { file, problem }, { cause: error });
  }
  if (bytes.length <= MANIFEST_BYTES_MAX) return bytes.toString('utf8');
  const problem = `${bytes.length} bytes; at most ${MANIFEST_BYTES_MAX}`;
  throw new AgentError('PLUGIN_MANIFEST', { file, problem });
}
