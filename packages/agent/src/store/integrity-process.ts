// Owns the entry of the checking process: one connection that cannot write, one check, one line.
// Refuses to import anything heavy, and to tell more of a problem than SQLite's own words.

import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import type { DatabaseSync } from 'node:sqlite';
import type { Integrity } from '@opencomputer/contracts/internal';
import { openForReading } from './store-file.ts';

/** Problems that are told; the first already says that the file is damaged. */
const problemsMax = 5;
/** Characters of one of them. */
const problemCharactersMax = 300;
const busyTimeoutMs = 5000;

function check(path: string): Integrity {
  let database: DatabaseSync | undefined;
  let pages = 0;
  let bytes = 0;
  try {
    database = openForReading({ path, busyTimeoutMs });
    pages = numberOf(database, 'page_count');
    bytes = pages * numberOf(database, 'page_size');
    // Follows every tree, list and overflow chain, and compares each index with its table.
    const rows = database.prepare(`PRAGMA integrity_check(${problemsMax})`).all();
    const said = rows.flatMap((row) => Object.values(row).map(String));
    return { pages, bytes, problems: said.filter((text) => text !== 'ok').map(short) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { pages, bytes, problems: [short(problem)] };
  } finally {
    database?.close();
  }
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0] ?? 0);
}

function short(problem: string): string {
  return problem.replaceAll(/\s+/g, ' ').slice(0, problemCharactersMax);
}

if (import.meta.main) writeSync(1, `${JSON.stringify(check(argv[2] ?? ''))}\n`);
