// Owns going through granted folders, with bounds. Refuses to follow links and to enter folders that
// hold what programs make.

import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAgentData, isCredential } from './withheld.ts';

/** A file that was found; `path` is absolute, `shown` relative to the granted folder. */
export interface FoundFile {
  readonly path: string;
  readonly shown: string;
  readonly name: string;
}

/** Set by the walk when it stops early. */
export interface WalkReport {
  cut: boolean;
}

export const ENTRIES_MAX = 50_000;
export const DEPTH_MAX = 16;
const SKIPPED = new Set(
  (
    '.git .hg .svn node_modules bower_components __pycache__ .venv venv .tox .cache .npm .gradle .idea ' +
    '.next dist build target vendor .Trash $RECYCLE.BIN Library AppData snap .terraform site-packages'
  ).split(' '),
);

/** Files below a folder, the nearest ones first. Folders that cannot be read are left out. */
export async function* walkFolder(
  root: string,
  options: { readonly signal: AbortSignal; readonly report: WalkReport; entriesMax?: number },
): AsyncGenerator<FoundFile> {
  const { signal, report, entriesMax = ENTRIES_MAX } = options;
  let level: readonly string[] = [''];
  let entries = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) {
      report.cut = true;
      return;
    }
    const next: string[] = [];
    for (const folder of level) {
      if (await isAgentData(join(root, folder))) continue;
      for await (const entry of entriesOf(join(root, folder))) {
        entries += 1;
        if (entries > entriesMax || signal.aborted) {
          report.cut = true;
          return;
        }
        const shown = join(folder, entry.name);
        if (isCredential(entry.name)) continue;
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) next.push(shown);
        if (entry.isFile()) yield { path: join(root, shown), shown, name: entry.name };
      }
    }
    level = next;
  }
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    for await (const entry of await opendir(folder)) yield entry;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
