// Owns the rules about the program that is started. Refuses to start it.

import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Concern } from './rule.ts';

/** The program is in the folder, and may be executed where the system executes it itself. */
export const entry: Concern = ({ directory, manifest }) => {
  const { runtime, command } = manifest;
  if (['node', 'python', 'wasm'].includes(runtime)) {
    if (existsSync(join(directory, manifest.entry))) return [];
    const problem = `there is no file ${manifest.entry}`;
    return [{ rule: 'entry-exists', path: ['entry'], problem }];
  }
  const program = command?.[0] ?? '';
  // A name without a slash is a program of the machine.
  if (!program.includes('/')) return [];
  const file = join(directory, program);
  const path = ['command', 0];
  if (!existsSync(file)) {
    return [{ rule: 'entry-exists', path, problem: `there is no file ${program}` }];
  }
  return isExecutable(file)
    ? []
    : [{ rule: 'entry-executable', path, problem: `${program} may not be executed` }];
};

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
