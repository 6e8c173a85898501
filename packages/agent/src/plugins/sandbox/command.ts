// Owns the program that is started inside: where it is, and which variables it gets. Refuses variables
// that make the loader run other code, since trusted programs run between bubblewrap and the plugin.

import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ChildSpecification } from '../child.ts';

/** Variables by which the C library or Node loads code (ld.so(8), glibc's list for set-uid). */
const REFUSED =
  /^(?:LD_|DYLD_|GLIBC_|GCONV_PATH$|GETCONF_DIR$|LOCPATH$|NLSPATH$|MALLOC_|NODE_OPTIONS$)/;
/** A name that a shell could set; others are for nobody. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.()-]*$/;

/** A program and the files that must be shown for it. */
export interface FoundCommand {
  readonly path: string;
  readonly code: readonly string[];
}

/** Looks for the program as a shell would, in the PATH that it is given; else leaves its name. */
export async function findCommand(
  specification: Pick<ChildSpecification, 'command' | 'environment'>,
): Promise<FoundCommand> {
  const { command, environment } = specification;
  // A name with a folder in it is looked for inside, from its working folder.
  if (command.includes('/') && !isAbsolute(command)) return { path: command, code: [] };
  const folders = isAbsolute(command) ? ['/'] : (environment['PATH'] ?? '').split(delimiter);
  for (const folder of folders.filter((entry) => isAbsolute(entry))) {
    const path = isAbsolute(command) ? command : join(folder, command);
    // Its name counts for what it does: it may be a link of many to one program.
    if (await isProgram(path)) return { path, code: [path] };
  }
  return { path: command, code: [] };
}

/** The variables that are handed on. */
export function innerEnvironment(
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const kept = Object.entries(environment).filter(
    ([name, value]) => NAME.test(name) && !REFUSED.test(name) && !value.includes('\0'),
  );
  return Object.fromEntries(kept);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
