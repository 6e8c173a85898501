// Owns the installable package: the built program, its plugins and its licences in one tarball that
// depends on nothing. Refuses to pack a program that was not built.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface ProductManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin: Record<string, string>;
}

/** Node that the bundle needs; `bin/agent.cjs` says so in one sentence on an older one. */
const ENGINES = { node: '>=24' };
const PACK_MS_MAX = 60_000;

/** Packs the program built at `dist` into `folder`; gives the path of the tarball. */
export function packProduct(root: string, dist: string, folder: string): string {
  if (!existsSync(join(dist, 'main.js'))) throw new Error(`${dist} holds no built program`);
  const product = join(root, 'packages', 'cli');
  const stage = mkdtempSync(join(tmpdir(), 'opencomputer-pack-'));
  try {
    const text = readFileSync(join(product, 'package.json'), 'utf8');
    const { name, version, description, license, bin } = JSON.parse(text) as ProductManifest;
    const manifest = { name, version, description, license, type: 'module', bin, engines: ENGINES };
    writeFileSync(
      join(stage, 'package.json'),
      JSON.stringify({ ...manifest, files: ['bin', 'dist', 'LICENSE-*'] }),
    );
    cpSync(join(product, 'bin', 'agent.cjs'), join(stage, 'bin', 'agent.cjs'));
    cpSync(dist, join(stage, 'dist'), {
      recursive: true,
      filter: (path) => !/[/\\]\.(cache|sources)$/.test(path),
    });
    for (const file of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE']) {
      cpSync(join(root, file), join(stage, file));
    }
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: stage,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PACK_MS_MAX,
    });
    return join(folder, tarballName(packed));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** `npm pack --json` gives a list up to npm 11 and an object by package name from npm 12 on. */
function tarballName(json: string): string {
  const [entry] = Object.values(JSON.parse(json) as Record<string, { filename: string }>);
  if (entry === undefined) throw new Error('npm pack named no file');
  return entry.filename;
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  console.log(packProduct(root, join(root, 'packages', 'cli', 'dist'), process.cwd()));
}
