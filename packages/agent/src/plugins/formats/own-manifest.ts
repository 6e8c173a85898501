// Owns the reading of our own manifest from a folder that anyone may have written. Refuses to take
// one as valid because it is called `manifest.json`.

import { AgentError } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import type { LocatedDocument } from '../located-document.ts';
import { checkManifest } from '../manifest-yaml.ts';
import type { ReadFolder } from './imported-plugin.ts';
import type { PluginFolder } from './plugin-folder.ts';

/** Where a person writes a manifest, the first that is there. */
export const ownFiles: readonly string[] = ['manifest.yaml', 'manifest.yml', 'manifest.json'];

/** Keys that tell our `manifest.json` from the many others of that name. */
const ownKeys = ['framework_version', 'runtime'];

/** The file of our own manifest, when the folder has one. */
export async function findOwnManifest(folder: PluginFolder): Promise<string | undefined> {
  for (const file of ownFiles) {
    if (!(await folder.isFile(file))) continue;
    if (file !== 'manifest.json') return file;
    const value = (await folder.json(file))?.value;
    if (isObject(value) && ownKeys.some((key) => Object.hasOwn(value, key))) return file;
  }
  return undefined;
}

/** Validates it whole. Throws PLUGIN_MANIFEST with file, line and what was expected. */
export async function readOwnManifest(folder: PluginFolder): Promise<ReadFolder> {
  const file = await findOwnManifest(folder);
  const document = file === undefined ? undefined : await read(folder, file);
  if (file === undefined || document === undefined) {
    const problem = 'there is none, nor a manifest.json of this form';
    throw new AgentError('PLUGIN_MANIFEST', { file: 'manifest.yaml', problem });
  }
  const { manifest, warnings } = checkManifest(document);
  if (manifest.runtime === 'builtin') {
    throw document.refusal(['runtime'], 'runtime: builtin is for parts of the agent itself');
  }
  const missing: string[] = [];
  for (const path of manifest.provides.skills) {
    if (!(await folder.isFile(`${path}/SKILL.md`))) missing.push(`${path}/SKILL.md`);
  }
  for (const { file: path } of manifest.provides.prompts) {
    if (!(await folder.isFile(path))) missing.push(path);
  }
  const [first] = missing;
  if (first !== undefined) {
    throw document.refusal(['provides'], `provides: there is no file ${first}`);
  }
  const others = await otherFiles(folder, file);
  const unread = others.map((other) => `${other} is not read: there is ${file}`);
  return {
    format: 'opencomputer',
    plugins: [{ manifest, files: [], parts: [], warnings: [...warnings, ...unread] }],
  };
}

function read(folder: PluginFolder, file: string): Promise<LocatedDocument | undefined> {
  return file.endsWith('.json') ? folder.json(file) : folder.yaml(file);
}

async function otherFiles(folder: PluginFolder, file: string): Promise<readonly string[]> {
  const others: string[] = [];
  for (const other of ownFiles) {
    if (other !== file && (await folder.isFile(other))) others.push(other);
  }
  return others;
}
