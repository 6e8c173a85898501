// Owns a copy of the built program, so that a build meanwhile disturbs nothing, with one plugin more
// in its folder of plugins. Refuses to change a byte of the program itself.

import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram } from '../../scripts/build.ts';

export const root: string = join(import.meta.dirname, '..', '..');
/** Where `npm run build` leaves the program. */
const built = join(root, 'packages', 'cli');

/** Copies the program of the folder `product` to `folder`, with the plugin that the story needs; gives its entry. */
export async function copyProgram(folder: string, product = built): Promise<string> {
  if (!existsSync(join(product, 'dist', 'main.js'))) {
    throw new Error('the program is not built: npm run build');
  }
  mkdirSync(folder, { recursive: true });
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(product, part), join(folder, part), { recursive: true });
  }
  const plugins = join(root, 'crash', 'fixtures', 'plugins');
  const output = join(folder, 'plugins-built');
  await buildProgram({ main: join(folder, 'none.ts'), plugins, output });
  cpSync(join(output, 'plugins', 'keyed'), join(folder, 'dist', 'plugins', 'keyed'), {
    recursive: true,
  });
  return join(folder, 'bin', 'agent.cjs');
}
