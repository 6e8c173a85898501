// Owns `agent plugin pack`: one file of a plugin. Refuses to run anything of it, and to write into the
// plugin itself, whose next archive would hold the last one.

import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { relative, resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { counted } from '../wording.ts';
import { readPluginFolder } from './plugin-folder.ts';

/** Packs the plugin in a folder. */
export async function pluginPack(
  context: CommandContext,
  [folder]: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { directory, manifest } = await readPluginFolder(context, folder);
  const { name, version } = manifest;
  const given = options['output'];
  const ownName = `${name}-${version}.tar.gz`;
  const { workingFolder } = context.environment;
  const isHere = relative(directory, workingFolder) === '';
  const usual = isHere ? resolve(directory, '..', ownName) : ownName;
  const file = resolve(workingFolder, typeof given === 'string' ? given : usual);
  if (!relative(directory, file).startsWith('..')) {
    const problem = `${file} is in the plugin itself; write it beside`;
    throw new AgentError('OPTION_INVALID', { option: '--output', problem });
  }
  const { packFolder } = await import('@opencomputer/agent/authoring');
  const { signal } = new AbortController();
  const { tree, archive } = await packFolder(directory, { temporary: tmpdir(), signal });
  await writeFile(file, archive);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const facts = { file, name, version, tree: tree.digest, sha256, bytes: archive.length };
  if (options['json'] === true) {
    context.output.write(`${visibleJson(facts, 2)}\n`);
    return exitCodes.ok;
  }
  const files = counted(tree.entries.length, 'file');
  context.output.write(`${sanitiseLine(file)}: ${files}, ${archive.length} bytes\n`);
  context.output.write(`tree ${tree.digest}\nsha256 ${sha256}\n`);
  return exitCodes.ok;
}
