// Owns the packages that models need beside the product: whether one is installed in the data
// directory, and installing it there. Refuses scripts of packages, and any other folder.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '@opencomputer/contracts';

/** What a provider needs. */
export interface ModelPackage {
  /** What a person knows it by. */
  readonly name: string;
  /** Every package of it by name, with the version that is asked for; empty: the newest. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The machine, as far as compiled packages differ by it. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly architecture: NodeJS.Architecture;
}

const LLAMA = 'node-llama-cpp';
/** The version that the engine was tested with. */
const LLAMA_VERSION = '3.22.1';
/** Compiled for the processor alone: what graphics cards need weighs 640 MB and is not used. */
const compiled: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'darwin-x64': 'mac-x64',
  'darwin-arm64': 'mac-arm64-metal',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

/** Runs npm in a folder and resolves to its exit code; rejects when there is no npm. */
export type RunNpm = (folder: string, words: readonly string[]) => Promise<number>;

/** The package of a provider; undefined for those that come with the product. */
export function packageOf(provider: string, machine: Machine): ModelPackage | undefined {
  if (provider === 'llama') {
    const name = compiled[`${machine.platform}-${machine.architecture}`];
    const binary = name === undefined ? {} : { [`@${LLAMA}/${name}`]: LLAMA_VERSION };
    return { name: LLAMA, versions: { [LLAMA]: LLAMA_VERSION, ...binary } };
  }
  const name = /^package:(.+)$/.exec(provider)?.[1];
  return name === undefined ? undefined : { name, versions: { [name]: '' } };
}

/** The folder of such packages in a data directory; the engine loads them from there. */
export function packageFolder(dataDirectory: string): string {
  return join(dataDirectory, 'packages');
}

export function isInstalled(folder: string, { versions }: ModelPackage): boolean {
  return Object.keys(versions).every((name) =>
    existsSync(join(folder, 'node_modules', name, 'package.json')),
  );
}

/** The command that a person could type instead. */
export function installCommand(folder: string, wanted: ModelPackage): string {
  return `npm ${installWords(wanted).join(' ')} --prefix ${quoted(folder)}`;
}

/** Installs the package. Throws MODEL_UNREACHABLE with what can be done by hand when that fails. */
export async function installPackage(
  folder: string,
  wanted: ModelPackage,
  run: RunNpm,
): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const manifest = join(folder, 'package.json');
  // Without one, npm would take the nearest folder above that has one.
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n', { mode: 0o600 });
  const exitCode = await run(folder, installWords(wanted)).catch((cause: unknown) => {
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

function installWords({ versions }: ModelPackage): string[] {
  const names = Object.entries(versions).map(([name, version]) =>
    version === '' ? name : `${name}@${version}`,
  );
  return ['install', '--save-exact', '--ignore-scripts', '--omit=optional', ...names];
}

function failed(
  wanted: ModelPackage,
  problem: string,
  { folder, cause }: { folder: string; cause?: unknown },
): AgentError {
  const remedy = `Try it by hand: \`${installCommand(folder, wanted)}\`.`;
  return new AgentError('MODEL_UNREACHABLE', { model: wanted.name, problem, remedy }, { cause });
}

function quoted(path: string): string {
  return /^[\w/.:@-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
