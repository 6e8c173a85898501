// Owns the bench of size: memory of the daemon idle and at work, and what an installation brings.
// Refuses to count Node itself.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { callTurns } from './measure/callers.ts';
import { residentMegabytes } from './measure/process-tree.ts';
import { makeSurroundings, modelText, root } from './measure/surroundings.ts';

const bytesPerMegabyte = 1_000_000;
const npmMsMax = 120_000;

/** Options: `--idle-s N` (10), `--turns N` (1,000, then as many again). */
export async function run(options: readonly string[]): Promise<Record<string, number>> {
  const { values } = parseArgs({
    args: [...options],
    options: { turns: { type: 'string' }, 'idle-s': { type: 'string' } },
    strict: false,
  });
  const turns = Number(values.turns ?? 1000);
  const idleMs = Number(values['idle-s'] ?? 10) * 1000;
  return {
    ...(await memory(options, { turns, idleMs })),
    ...packed(),
    ...tree(root),
  };
}

/** Resident memory of the daemon; Node and its libraries are part of it. */
export async function memory(
  options: readonly string[],
  { turns, idleMs }: { readonly turns: number; readonly idleMs: number },
): Promise<Record<string, number>> {
  const surroundings = await makeSurroundings('footprint', options);
  if (surroundings === undefined) return {};
  try {
    const served = await surroundings.serve();
    await delay(idleMs);
    const idle = residentMegabytes(served.pid);
    const { endpoint } = served;
    const plan = { endpoint, turns, text: modelText, user: 'bench' };
    await callTurns(plan);
    const first = residentMegabytes(served.pid);
    await callTurns(plan);
    const second = residentMegabytes(served.pid);
    return {
      'footprint.idle_rss_mb': idle,
      'footprint.rss_mb_1000': first,
      'footprint.rss_growth_mb_2000': second - first,
    };
  } finally {
    await surroundings.end();
  }
}

function packed(): Record<string, number> {
  if (!existsSync(join(root, 'packages', 'cli', 'dist', 'main.js'))) {
    console.error('footprint: the program is not built; nothing to pack');
    return {};
  }
  const folder = mkdtempSync(join(tmpdir(), 'opencomputer-bench-'));
  try {
    const pack = [join(root, 'scripts', 'pack.ts')];
    const options = { cwd: folder, encoding: 'utf8', timeout: npmMsMax } as const;
    return installed(execFileSync(process.execPath, pack, options).trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `npm install` of a tarball puts into an empty folder. */
export function installed(tarball: string): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'opencomputer-bench-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const flags = ['--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', tarball, ...flags], {
      cwd: folder,
      stdio: 'ignore',
      timeout: npmMsMax,
    });
    const modules = join(folder, 'node_modules');
    const { packages } = readLock(join(modules, '.package-lock.json'));
    return {
      'footprint.packed_mb': bytesBelow(modules) / bytesPerMegabyte,
      'footprint.packed_packages': Object.keys(packages).length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly [flag in 'dev' | 'optional' | 'devOptional' | 'link']?: boolean }>
  >;
}

function readLock(path: string): Lock {
  return JSON.parse(readFileSync(path, 'utf8')) as Lock;
}

/** What `npm ci --omit=dev --omit=optional` installs for the sources, by the lockfile. */
export function tree(folder: string): Record<string, number> {
  const { packages } = readLock(join(folder, 'package-lock.json'));
  const kept = Object.entries(packages)
    .filter(([path]) => path.includes('node_modules/'))
    .filter(([, entry]) => !entry.dev && !entry.optional && !entry.devOptional && !entry.link)
    .map(([path]) => join(folder, path));
  const bytes = kept.reduce((sum, path) => sum + bytesBelow(path, 'node_modules'), 0);
  return {
    'footprint.tree_mb': bytes / bytesPerMegabyte,
    'footprint.tree_packages': kept.length,
  };
}

/** Bytes of all files below a folder; folders named `except` have their own entry. */
function bytesBelow(folder: string, except?: string): number {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== except) bytes += bytesBelow(path, except);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}
