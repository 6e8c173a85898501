/**
 * Owns the completeness of package-lock.json: run after every `npm install`, it lists each optional
 * platform package that the registry at hand did not hold, so that `npm ci` accepts the lockfile
 * everywhere. Refuses to change an entry that exists, and to guess a version from a range.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export interface LockEntry {
  version?: string;
  cpu?: string[];
  dev?: boolean;
  libc?: string[];
  optional?: boolean;
  os?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface Lockfile {
  packages: Record<string, LockEntry>;
}

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const LIBRARIES: Record<string, string> = {
  gnu: 'glibc',
  gnueabihf: 'glibc',
  musl: 'musl',
  musleabihf: 'musl',
};

/** Adds an entry for every optional dependency the lockfile does not list; returns their names. */
export function completeLock(lock: Lockfile): string[] {
  const added: string[] = [];
  for (const [location, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isListed(lock, location, name)) continue;
      lock.packages[`node_modules/${name}`] = {
        ...platformEntry(name, version),
        ...(entry.dev ? { dev: true } : {}),
      };
      added.push(name);
    }
  }
  lock.packages = sortedByName(lock.packages);
  return added;
}

/** What npm writes for a platform package, as far as its name tells; throws on a version range. */
function platformEntry(name: string, version: string): LockEntry {
  if (!/^\d+\.\d+\.\d+/.test(version)) {
    throw new Error(`${name}: "${version}" is a range, so the version to lock cannot be told`);
  }
  const words = name.split(/[-/]/);
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  const os = words.filter((word) => SYSTEMS.includes(word));
  const libc = words.map((word) => LIBRARIES[word]).filter((word) => word !== undefined);
  if (cpu.length !== 1 || (os.length !== 1 && cpu[0] !== 'wasm32')) {
    throw new Error(`${name}: the platform cannot be told from the name`);
  }
  return {
    version,
    cpu,
    ...(libc.length > 0 ? { libc } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

/** Node's resolution: the package beside the one that asks, or in any folder above it. */
function isListed(lock: Lockfile, location: string, name: string): boolean {
  for (let folder = location; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    if (lock.packages[`${folder}${folder ? '/' : ''}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

function sortedByName<T>(entries: Record<string, T>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(entries).toSorted(([a], [b]) => a.localeCompare(b, 'en')),
  );
}

if (import.meta.main) {
  const path = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
  const added = completeLock(lock);
  if (added.length > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${added.length} platform packages added`);
}
