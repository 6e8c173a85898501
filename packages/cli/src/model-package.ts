// Owns the packages that models need beside the product: whether one is installed in the data
// directory, and installing it there. Refuses scripts of packages, and any other folder.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';

/** A package as it is asked of the registry. */
export interface ModelPackage {
  readonly name: string;
  /** What npm is given: the name, with a version where one was tested. */
  readonly specification: string;
}

/** What runs GGUF files; the version is the one that the engine was tested with. */
const llama: ModelPackage = {
  name: 'node-llama-cpp',
  specification: 'node-llama-cpp@3.22.1',
};

/** Runs npm in a folder and resolves to its exit code; rejects when there is no npm. */
export type RunNpm = (folder: string, words: readonly string[]) => Promise<number>;

/** The package of a provider; undefined for those that come with the product. */
export function packageOf(provider: string): ModelPackage | undefined {
  if (provider === 'llama') return llama;
  const name = /^package:(.+)$/.exec(provider)?.[1];
  return name === undefined ? undefined : { name, specification: name };
}

/** The folder of such packages in a data directory; the engine loads them from there. */
export function packageFolder(dataDirectory: string): string {
  return join(dataDirectory, 'packages');
}

export function isInstalled(folder: string, { name }: ModelPackage): boolean {
  return existsSync(join(folder, 'node_modules', name, 'package.json'));
}

/** The command that a person could type instead. */
export function installCommand(folder: string, { specification }: ModelPackage): string {
  return `npm ${installWords(specification).join(' ')} --prefix ${quoted(folder)}`;
}

/** Installs the package. Throws OPTION_INVALID with what can be done by hand when that fails. */
export async function installPackage(
  folder: string,
  wanted: ModelPackage,
  run: RunNpm,
): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const manifest = join(folder, 'package.json');
  // Without one, npm would take the nearest folder above that has one.
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n', { mode: 0o600 });
  const exitCode = await run(folder, installWords(wanted.specification)).catch((cause: unknown) => {
    throw failed(wanted, 'npm cannot be started', { folder, cause });
  });
  if (exitCode !== 0 || !isInstalled(folder, wanted)) {
    throw failed(wanted, `npm ended with code ${exitCode}`, { folder });
  }
}

/** npm of this machine; what it prints goes where the errors of the agent go. */
export const runNpm: RunNpm = (folder, words) =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', words, { cwd: folder, stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });

function installWords(specification: string): string[] {
  return ['install', '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', specification];
}

function failed(
  wanted: ModelPackage,
  problem: string,
  { folder, cause }: { folder: string; cause?: unknown },
): AgentError {
  const remedy = `Try it by hand: \`${installCommand(folder, wanted)}\`.`;
  const details = { option: wanted.name, problem, remedy };
  return new AgentError('OPTION_INVALID', details, { cause });
}

function quoted(path: string): string {
  return /^[\w/.:@-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
