// Owns finding a package that few installations have: by its name, in the data directory, or in the
// checkout. Refuses to be bundled with the product: it is imported when it is asked for.

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Imports a package by name; rejects with the first failure when it is nowhere. */
export type LoadPackage = (name: string) => Promise<unknown>;

/**
 * Loads by name as this program would import it; else by `installed`, from the data directory; else
 * the folder of the checkout that is named like the package.
 */
export function createEngineLoader(installed: LoadPackage): LoadPackage {
  return async (name) => {
    try {
      return (await import(name)) as unknown;
    } catch (error) {
      if (!isMissing(error)) throw error;
      const source = checkoutSource(name);
      if (await exists(source)) return (await import(pathToFileURL(source).href)) as unknown;
      return installed(name);
    }
  };
}

/** Both `packages/agent/src` and the built `packages/cli/dist` lie two folders below `packages`. */
function checkoutSource(name: string): string {
  const folder = name.slice(name.indexOf('/') + 1);
  return join(import.meta.dirname, '..', '..', folder, 'src', 'index.ts');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
