// Owns loading provider packages that are installed apart from the product, from one folder of the
// data directory. Refuses every other place: what a checkout or a parent folder has is not meant.

import { readFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PackageLoader } from './package.ts';

/** Loads from the `node_modules` of `folder`, which need not exist; rejects when it is not there. */
export function packageLoader(folder: string): PackageLoader {
  return async (name) => {
    const entry = await resolve(folder, name);
    return (await import(pathToFileURL(entry).href)) as unknown;
  };
}

async function resolve(folder: string, name: string): Promise<string> {
  const from = join(folder, 'package.json');
  const manifest = findPackageJSON(name, pathToFileURL(from));
  if (manifest === undefined || !manifest.startsWith(join(folder, 'node_modules') + sep)) {
    throw new Error(`${name} is not in ${folder}`);
  }
  try {
    return createRequire(from).resolve(name);
  } catch (error) {
    // Packages that can only be imported name no file for `require`.
    const { exports } = JSON.parse(await readFile(manifest, 'utf8')) as { exports?: unknown };
    const entry = importEntry(exports);
    if (entry === undefined) throw error;
    return join(dirname(manifest), entry);
  }
}

/** The file that `import` gets, of the forms that occur: conditions, perhaps nested, under `.`. */
function importEntry(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const conditions = exports as Readonly<Record<string, unknown>>;
  for (const name of ['.', 'node', 'import', 'default']) {
    const entry = name in conditions ? importEntry(conditions[name]) : undefined;
    if (entry !== undefined) return entry;
  }
  return undefined;
}
