// Owns a copy of the program under test: built from the sources as they are now, with the plugin that
// the story needs. Refuses to touch the build that everyone else uses.

import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../../../scripts/build.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const main = join(root, 'packages', 'cli', 'src', 'main.ts');

/** Builds into `folder`; gives the entry of the program. */
export async function buildCopy(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const output = join(folder, 'dist');
  await buildProgram({ main, plugins: join(root, 'plugins'), output });
  const extra = join(folder, 'extra');
  const plugins = join(root, 'crash', 'fixtures', 'plugins');
  await buildProgram({ main: join(folder, 'none.ts'), plugins, output: extra });
  cpSync(join(extra, 'plugins', 'keyed'), join(output, 'plugins', 'keyed'), { recursive: true });
  for (const part of ['bin', 'package.json']) {
    cpSync(join(root, 'packages', 'cli', part), join(folder, part), { recursive: true });
  }
  return join(folder, 'bin', 'agent.cjs');
}

/** Installs the package of the engine where an operator does, in a data directory. */
export function installEngine(dataDirectory: string): void {
  const modules = join(dataDirectory, 'packages', 'node_modules', '@opencomputer');
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(root, 'packages', 'temporal'), join(modules, 'temporal'));
}
