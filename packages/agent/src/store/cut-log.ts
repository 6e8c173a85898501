// Owns keeping what SQLite will drop of a damaged log, and saying so. Refuses to bring it back: what is
// behind a damaged frame may build on it, and nobody can tell.

import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { writeSync } from 'node:fs';
import { failureOf } from './sqlite-failure.ts';
import { cutLog, logHeadBytes } from './wal-frames.ts';
import type { CutNotice } from './writer-protocol.ts';

/** What is added to the name of the database file. */
export const keptLogSuffix = '-wal.damaged';
/** Of the copy; what is behind that is dropped, and the newest copy takes the place of an older one. */
const keptBytesMax = 64 * 1024 * 1024;
const pieceBytes = 64 * 1024;

/**
 * Looks at the log of a database file that nobody has open. When committed work is about to be dropped,
 * it is copied aside. Never throws: a log that cannot be read is SQLite's to refuse.
 */
export function keepCutLog(path: string): CutNotice | undefined {
  try {
    const cut = cutLog(`${path}-wal`);
    if (cut === undefined) return undefined;
    const problem = keep(path, cut.from);
    const where = problem === undefined ? `they are kept in ${path}${keptLogSuffix}` : problem;
    return { problem: `${told(cut)}; ${where}`, isKept: problem === undefined };
  } catch (error) {
    const problem = `the log could not be looked through: ${problemOf(error, path)}`;
    return { problem, isKept: false };
  }
}

/** What is to be told about a copy that was kept beside the database file; undefined: there is none. */
export function keptLogProblem(path: string): string | undefined {
  const kept = path + keptLogSuffix;
  const cut = cutLog(kept);
  return cut && `${told(cut)}; they are kept in ${kept}`;
}

function told({ frames, commits }: { readonly frames: number; readonly commits: number }): string {
  const [pages, commit] = [frames === 1 ? 'page' : 'pages', commits === 1 ? 'commit' : 'commits'];
  return (
    `the log was damaged, and what had been written behind the damage is gone: ` +
    `${frames} ${pages} with at least ${commits} ${commit}. ` +
    'A failing disk does that, or a power cut, to work that was not yet promised to be safe'
  );
}

/** The head of the log and all from the damage on: read by the same rules it says the same again. */
function keep(path: string, from: number): string | undefined {
  const kept = path + keptLogSuffix;
  const draft = `${kept}.new`;
  try {
    rmSync(draft, { force: true });
    copyPieces(`${path}-wal`, draft, from);
    renameSync(draft, kept);
    return undefined;
  } catch (error) {
    rmSync(draft, { force: true });
    return `they could not be kept: ${problemOf(error, path)}`;
  }
}

function copyPieces(log: string, draft: string, from: number): void {
  const source = openSync(log, 'r');
  const target = openSync(draft, 'wx', 0o600);
  try {
    const piece = Buffer.alloc(pieceBytes);
    const copy = (position: number, length: number): number => {
      const bytes = readSync(source, piece, 0, length, position);
      // A full disk may take less than it is given, and says so at the next write.
      for (let done = 0; done < bytes;) done += writeSync(target, piece, done, bytes - done);
      return bytes;
    };
    copy(0, logHeadBytes);
    for (let bytes = 0; bytes < keptBytesMax; bytes += pieceBytes) {
      if (copy(from + bytes, pieceBytes) < pieceBytes) break;
    }
    fsyncSync(target);
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

function problemOf(error: unknown, path: string): string {
  return String(failureOf(error, path).details['problem'] ?? failureOf(error, path).code);
}
