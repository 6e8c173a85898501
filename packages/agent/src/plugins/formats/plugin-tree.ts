// Owns `.opencomputer/` in a plugin's tree: the manifest that a person consents to, and what was made
// out of other formats, so that the tree's digest covers both. Refuses what stood there before.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import { checkManifest } from '../manifest-yaml.ts';
import type { ImportedPlugin } from './imported-plugin.ts';
import { PluginFolder } from './plugin-folder.ts';

const ownFolder = '.opencomputer';
const treeManifest = `${ownFolder}/manifest.json`;

/** Writes a plugin's manifest and its generated files into its tree, a temporary folder of ours. */
export async function writePluginTree(directory: string, plugin: ImportedPlugin): Promise<void> {
  const folder = await PluginFolder.open(directory);
  await rm(join(folder.directory, ownFolder), { recursive: true, force: true });
  const manifest = `${JSON.stringify(plugin.manifest, null, 2)}\n`;
  for (const { path, text } of [...plugin.files, { path: treeManifest, text: manifest }]) {
    const file = join(folder.directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
  }
}

/** The manifest of a tree that was written so. Throws PLUGIN_MANIFEST. */
export async function manifestOfTree(directory: string): Promise<Manifest> {
  const folder = await PluginFolder.open(directory);
  const document = await folder.json(treeManifest);
  if (document !== undefined) return checkManifest(document).manifest;
  throw new AgentError('PLUGIN_MANIFEST', { file: treeManifest, problem: 'it is missing' });
}
