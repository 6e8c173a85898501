// Owns `agent plugin keygen` and `agent plugin sign`. Refuses to print a private key, and to replace
// the file of one.

import { readFile, writeFile } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { SigningKey } from '@opencomputer/agent/authoring';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { readPluginFolder } from './plugin-folder.ts';
import { keyOf, keyPassphrase } from './signing.ts';

const DOCUMENT_BYTES_MAX = 32_000_000;

/** Makes a key. */
export async function pluginKeygen(
  context: CommandContext,
  [file = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { createSigningKey } = await import('@opencomputer/agent/authoring');
  const path = resolve(context.environment.workingFolder, file);
  const passphrase = keyPassphrase(context, options);
  const { id, publicKey } = await createSigningKey(path, passphrase);
  const { output } = context;
  if (options['json'] === true) {
    output.write(`${visibleJson({ file: path, id, publicKey }, 2)}\n`);
    return exitCodes.ok;
  }
  output.write(
    `Wrote the private key to ${sanitiseLine(path)}, for you alone. Keep a copy safe.\n`,
  );
  if (passphrase === undefined) output.write('It has no passphrase (--passphrase-file).\n');
  output.write(`Public key: ${publicKey}\nIts id: ${id}\n`);
  return exitCodes.ok;
}

/** Signs a plugin's folder, or the root or the index of a registry. */
export async function pluginSign(
  context: CommandContext,
  [path]: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { workingFolder } = context.environment;
  const files = options['key'];
  if (!Array.isArray(files) || files.length === 0) {
    throw new AgentError('OPTION_INVALID', { option: '--key', problem: 'name the file of a key' });
  }
  const keys: SigningKey[] = [];
  for (const file of files) keys.push(await keyOf(context, file, options));
  const named = path === undefined ? undefined : resolve(workingFolder, path);
  const isDocument = named !== undefined && isFile(named);
  const signed = isDocument
    ? await signDocument(named, keys)
    : await signFolder(context, path, keys);
  const given = options['output'];
  const target = resolve(workingFolder, typeof given === 'string' ? given : signed.file);
  await writeFile(target, signed.text);
  context.output.write(`Signed: ${sanitiseLine(target)}\n`);
  return exitCodes.ok;
}

interface Signed {
  /** Where it goes when nobody says. */
  readonly file: string;
  readonly text: string;
}

async function signDocument(file: string, keys: readonly SigningKey[]): Promise<Signed> {
  const { signRegistryDocument } = await import('@opencomputer/agent/authoring');
  if (statSync(file).size > DOCUMENT_BYTES_MAX) throw unreadable(file, 'it is too large');
  const value = parse(file, await readFile(file, 'utf8'));
  if (typeof value !== 'object' || value === null) throw unreadable(file, 'it is no object');
  return { file: `${file}.signed`, text: signRegistryDocument(value, keys) };
}

async function signFolder(
  context: CommandContext,
  folder: string | undefined,
  [key, ...more]: readonly SigningKey[],
): Promise<Signed> {
  if (key === undefined || more.length > 0) {
    throw new AgentError('OPTION_INVALID', { option: '--key', problem: 'a plugin has one key' });
  }
  const { packFolder, signRelease } = await import('@opencomputer/agent/authoring');
  const { directory, manifest } = await readPluginFolder(context, folder);
  const { signal } = new AbortController();
  const { tree } = await packFolder(directory, { temporary: tmpdir(), signal });
  const { name, version } = manifest;
  const created = new Date(context.clock.now());
  const text = signRelease({ name, version, tree, created }, key);
  return { file: `${name}-${version}.signature.json`, text };
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, 'it is not valid JSON', error);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function unreadable(file: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('CONFIG_UNREADABLE', { file, problem }, { cause });
}
