// Owns the packages that a Node plugin needs: resolved once, locked, kept in its tree. Refuses install
// scripts, packages from anywhere but the registry, and the plugin's own npm settings.

import { access, copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../json-object.ts';
import type { JsonObject } from '@opencomputer/contracts';
import { sha512Of } from './npm.ts';
import type { FetchContext } from './ports.ts';
import { runProgram } from './program.ts';
import { sourceFault } from './reference.ts';

const manifestBytesMax = 1_000_000;
const lockBytesMax = 20_000_000;
/** In this order, as npm looks for them. */
const lockNames = ['npm-shrinkwrap.json', 'package-lock.json'];

/** Installs into `node_modules` of the tree unless it is there. Returns warnings. Throws PLUGIN_SOURCE. */
export async function installNodeDependencies(
  directory: string,
  context: FetchContext,
): Promise<readonly string[]> {
  const manifest = await readObject(join(directory, 'package.json'), manifestBytesMax);
  if (manifest === undefined || (await isThere(join(directory, 'node_modules')))) return [];
  const wanted = {
    ...partOf(manifest, 'dependencies'),
    ...partOf(manifest, 'optionalDependencies'),
  };
  if (Object.keys(wanted).length === 0) return [];
  for (const [name, range] of Object.entries(wanted)) checkRange(name, range, context);

  // In a folder of its own: npm must see neither the plugin's .npmrc nor its links.
  const work = join(context.work, 'install');
  await mkdir(work);
  const lockName = await findLock(directory);
  if (lockName !== undefined) {
    await copyFile(join(directory, lockName), join(work, 'package-lock.json'));
  }
  const lockFile = join(work, 'package-lock.json');
  const given = await readObject(lockFile, lockBytesMax);
  await writeFile(join(work, 'package.json'), reduced(manifest, given));
  if (lockName === undefined) await runNpm(['install', '--package-lock-only'], work, context);
  const warnings = checkLock(await readObject(lockFile, lockBytesMax), context);
  await runNpm(['ci'], work, context);
  // All of them may be for other systems.
  if (await isThere(join(work, 'node_modules'))) {
    await rename(join(work, 'node_modules'), join(directory, 'node_modules'));
  }
  if (lockName === undefined) await copyFile(lockFile, join(directory, 'package-lock.json'));
  return warnings;
}

/** What npm resolves by; scripts, workspaces and settings are not among it. */
function reduced(manifest: JsonObject, lock: JsonObject | undefined): string {
  const kept = ['name', 'version', 'dependencies', 'optionalDependencies', 'overrides'];
  const packages = lock?.['packages'];
  const root = isObject(packages) && isObject(packages['']) ? packages[''] : {};
  // A lockfile that has them does not fit a manifest without them; they are not installed.
  kept.push(...['devDependencies', 'peerDependencies'].filter((key) => key in root));
  const entries = kept.filter((key) => key in manifest).map((key) => [key, manifest[key]]);
  return JSON.stringify({ private: true, ...Object.fromEntries(entries) });
}

function checkRange(name: string, range: unknown, context: FetchContext): void {
  const isRange =
    typeof range === 'string' && !/[:/\\]/.test(range.replace(/^npm:@?[\w./~-]+/, ''));
  if (isRange) return;
  throw sourceFault(context.reference, `its dependency ${name} is not from the registry`);
}

/** Every package that is installed comes from a registry and has a digest. */
function checkLock(lock: JsonObject | undefined, context: FetchContext): string[] {
  const packages = lock?.['packages'];
  if (!isObject(packages)) {
    throw sourceFault(context.reference, 'its lockfile is older than npm 7, or damaged');
  }
  const warnings: string[] = [];
  const found = Object.entries(packages).filter(
    ([path, entry]) => path !== '' && isObject(entry) && entry['dev'] !== true,
  );
  const { dependenciesMax } = context.ports.limits;
  if (found.length > dependenciesMax) {
    throw sourceFault(context.reference, `more than ${dependenciesMax} packages`);
  }
  for (const [path, entry] of found) {
    if (!isObject(entry) || !isLocked(path, entry, context)) {
      throw sourceFault(context.reference, `${path} is not from the registry, or has no SHA-512`);
    }
    if (entry['hasInstallScript'] === true) {
      warnings.push(`${path} has an install script, which was not run; it may not work`);
    }
  }
  return warnings;
}

function isLocked(path: string, entry: JsonObject, { ports }: FetchContext): boolean {
  const { resolved, integrity, link, inBundle } = entry;
  // Within the archive of the package around it, which has a digest.
  if (inBundle === true) return true;
  const isPlace = /^(?:node_modules\/(?:@[^/]+\/)?[^/]+)(?:\/node_modules\/(?:@[^/]+\/)?[^/]+)*$/;
  const url =
    typeof resolved === 'string' && URL.canParse(resolved) ? new URL(resolved) : undefined;
  const isFromRegistry =
    url?.protocol === 'https:' || url?.origin === new URL(ports.registries.npm).origin;
  return isPlace.test(path) && isFromRegistry && link !== true && sha512Of(integrity) !== undefined;
}

async function runNpm(rest: readonly string[], work: string, context: FetchContext): Promise<void> {
  const home = join(context.work, 'npm-home');
  await mkdir(home, { recursive: true });
  const flags = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await runProgram(
    {
      command: 'npm',
      arguments: [...rest, ...flags, '--no-update-notifier', '--allow-git=none'],
      directory: work,
      environment: {
        HOME: home,
        npm_config_userconfig: join(home, 'none'),
        npm_config_globalconfig: join(home, 'none-either'),
        npm_config_cache: join(home, 'cache'),
        npm_config_registry: `${context.ports.registries.npm}/`,
        // Packages are fetched from where the lockfile says; npm would put another registry there.
        npm_config_replace_registry_host: 'never',
        npm_config_git: 'git-is-not-used',
        npm_config_fetch_retries: '1',
        npm_config_install_links: 'true',
      },
      install: 'install Node.js with npm',
    },
    context,
  );
}

async function findLock(directory: string): Promise<string | undefined> {
  for (const name of lockNames) if (await isThere(join(directory, name))) return name;
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function readObject(path: string, bytesMax: number): Promise<JsonObject | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > bytesMax) return undefined;
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function partOf(manifest: JsonObject, key: string): JsonObject {
  const part = manifest[key];
  return isObject(part) ? part : {};
}
