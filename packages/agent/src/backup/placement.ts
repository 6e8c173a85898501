// Owns putting restored data into their place, and what is done after a kill in the middle of it.
// Refuses to lose either side: at every instant the old data and the new lie whole under some name.

import { lstat, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { markName, unlessGone } from './contents.ts';
import { syncFolder, syncFolders } from './folder-sync.ts';

/** What a restore leaves in the data: they are whole, and their timers are to be looked at. */
export interface RestoreMark {
  /** When the backup was made, milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** When it was restored. */
  readonly restoredAt: number;
  /** Where the data that were there before are moved. */
  readonly kept?: string | undefined;
}

/** What became of a restore that was interrupted. */
export interface FinishedRestore extends RestoreMark {
  /** `undone`: nothing was restored, and what was there is as it was. */
  readonly outcome: 'completed' | 'undone';
}

/** Takes the lock of a data directory. Throws STORE_LOCKED when it is in use. */
export type Hold = (directory: string) => { release(): void };

const mark: z.ZodType<RestoreMark> = z.object({
  createdAt: z.number(),
  restoredAt: z.number(),
  kept: z.string().optional(),
});
/** Of a directory in which nobody has kept anything yet. */
const emptyNames: ReadonlySet<string> = new Set(['owner.lock', 'owner.json']);

/** Where a restore puts its data together. */
export function draftOf(directory: string): string {
  return `${directory}.restoring`;
}

/** True when a data directory holds more than a lock. */
export async function holdsSomething(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(unlessGone);
  return names?.some((name) => !emptyNames.has(name)) ?? false;
}

/** Marks the draft as whole and moves it into place; `facts.kept` is where old data go. */
export async function place(directory: string, facts: RestoreMark, hold: Hold): Promise<void> {
  const draft = draftOf(directory);
  // The lock goes with the folder: whoever finds the draft meanwhile leaves it alone.
  const held = hold(draft);
  try {
    await writeMark(draft, facts);
    await syncFolders(draft);
    await syncFolder(dirname(draft));
    const { kept } = facts;
    if (kept !== undefined) {
      await rename(directory, kept);
      await syncFolder(dirname(directory));
    }
    await moveIn(draft, directory).catch(async (error: unknown) => {
      if (kept !== undefined) await rename(kept, directory);
      throw error;
    });
  } finally {
    held.release();
  }
}

/**
 * Completes or undoes a restore that was interrupted while it moved its data; undefined when there
 * was none. Throws STORE_LOCKED while one is at work.
 */
export async function finishRestore(
  directory: string,
  hold: Hold,
): Promise<FinishedRestore | undefined> {
  const draft = draftOf(directory);
  if ((await readMark(draft)) === undefined) return undefined;
  const held = hold(draft);
  try {
    // Whoever held it until now may have finished.
    const facts = await readMark(draft);
    const isMoved = facts?.kept === undefined || (await isThere(facts.kept));
    if (facts === undefined || !isMoved || (await holdsSomething(directory))) {
      await rm(draft, { recursive: true, force: true });
      return facts && { ...facts, outcome: 'undone' };
    }
    await moveIn(draft, directory);
    return { ...facts, outcome: 'completed' };
  } finally {
    held.release();
  }
}

/** The mark of data that were restored and not looked at since. */
export async function readMark(directory: string): Promise<RestoreMark | undefined> {
  // A place that cannot be read is told of by whoever opens it.
  const text = await readFile(join(directory, markName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return mark.safeParse(JSON.parse(text)).data;
  } catch {
    // Half of a mark was on the disk: the draft was not whole yet.
    return undefined;
  }
}

/** Removes the mark: what had to be looked at was looked at. */
export async function removeMark(directory: string): Promise<void> {
  await rm(join(directory, markName), { force: true });
  await syncFolder(directory);
}

async function writeMark(draft: string, facts: RestoreMark): Promise<void> {
  const file = await open(join(draft, markName), 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(facts)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Only over a directory that holds nothing. */
async function moveIn(draft: string, directory: string): Promise<void> {
  if (!(await holdsSomething(directory))) await rm(directory, { recursive: true, force: true });
  await rename(draft, directory);
  await syncFolder(dirname(directory));
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(unlessGone)) !== undefined;
}
