// Owns `agent plugin publish`: linted, packed, signed, sent. Refuses a plugin that breaks a rule, and
// a signature that is not of what is sent.

import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { PackedTree } from '@opencomputer/agent/authoring';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { lintPlugin } from './lint/index.ts';
import { readPluginFolder } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { registryClient } from './registry-client.ts';
import { keyOf, required } from './signing.ts';

/** Sends the plugin in a folder to a registry. */
export async function pluginPublish(
  context: CommandContext,
  [folder]: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { output, error } = context;
  const prefix = required(options, 'registry', 'a registry, such as registry.example.org/plugins');
  const plugin = await readPluginFolder(context, folder);
  const findings = await lintPlugin(context, folder);
  const errors = findings.filter(({ level }) => level === 'error');
  for (const { rule, place, problem } of errors) {
    error.write(`✗ ${sanitiseLine(`${place}: ${problem}`)} (${rule})\n`);
  }
  if (errors.length > 0) return exitCodes.failed;
  const { packFolder, parseOciReference, publishPlugin } =
    await import('@opencomputer/agent/authoring');
  const { manifest, directory } = plugin;
  const repository = parseOciReference(`${prefix.replace(/\/+$/, '')}/${manifest.name}`);
  const controller = new AbortController();
  const stopListening = context.onInterrupt(() => controller.abort());
  try {
    const { signal } = controller;
    const temporary = tmpdir();
    const packed = await packFolder(directory, { temporary, signal });
    const signature = await signatureOf(context, { plugin, packed, options });
    const insecure = options['insecureHttp'] === true ? [repository.host] : [];
    const { oci: client } = await registryClient(context, new Set(insecure));
    const published = { manifest, packed, ...(signature !== undefined && { signature }) };
    const sent = await publishPlugin(published, { client, repository, temporary, signal });
    if (options['json'] === true) {
      const isSigned = signature !== undefined;
      output.write(`${visibleJson({ ...sent, tree: packed.tree.digest, isSigned }, 2)}\n`);
      return exitCodes.ok;
    }
    const done = sent.isNew ? 'Published' : 'Already there';
    const how = signature === undefined ? ', not signed' : '';
    output.write(`${done}: ${sanitiseLine(sent.reference)}${how}\n${sent.digest}\n`);
    output.write(`Install it: agent plugin add oci:${sanitiseLine(sent.reference)}\n`);
    return exitCodes.ok;
  } finally {
    stopListening();
  }
}

/** Made with a key, or brought along; a foreign one is refused before anything is sent. */
async function signatureOf(
  context: CommandContext,
  of: {
    readonly plugin: PluginFolder;
    readonly packed: PackedTree;
    readonly options: OptionValues;
  },
): Promise<string | undefined> {
  const { options, packed, plugin } = of;
  const { key, signature: file } = options;
  const { signRelease, verifyRelease } = await import('@opencomputer/agent/authoring');
  if (typeof file === 'string') {
    const text = await readFile(resolve(context.environment.workingFolder, file), 'utf8');
    verifyRelease(text, packed.tree, file);
    return text;
  }
  if (typeof key !== 'string') return undefined;
  const { name, version } = plugin.manifest;
  const created = new Date(context.clock.now());
  const signer = await keyOf(context, key, options);
  return signRelease({ name, version, tree: packed.tree, created }, signer);
}
