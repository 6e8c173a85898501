// Owns the bound on folders that last: they are measured again and again while a process runs.
// Refuses to be exact: between two looks a process can write more, each single file apart.

import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@opencomputer/contracts';

/** What is watched. */
export interface DiskWatch {
  readonly folders: readonly string[];
  readonly bytesMax: number;
  readonly clock: Clock;
  /** Called once, with the bytes that were found. */
  exceeded(bytes: number): void;
}

const LOOK_DELAY_MS_MIN = 1_000;
/** Looking takes at most a fiftieth of the time. */
const LOOK_SHARE = 50;
/** A folder with more entries counts as full: counting them would itself be a load. */
const ENTRIES_MAX = 200_000;
/** What an entry costs a file system at least, so that empty files are not free. */
const ENTRY_BYTES = 512;
const BLOCK_BYTES = 512;

/** Watches until the returned function is called. */
export function watchDisk(watch: DiskWatch): () => void {
  let isOver = watch.folders.length === 0;
  let cancel = (): void => undefined;
  const look = async (): Promise<void> => {
    const started = watch.clock.monotonic();
    const bytes = await measure(watch.folders, watch.bytesMax);
    if (isOver) return;
    if (bytes > watch.bytesMax) {
      isOver = true;
      watch.exceeded(bytes);
      return;
    }
    const tookMs = watch.clock.monotonic() - started;
    plan(Math.max(LOOK_DELAY_MS_MIN, tookMs * LOOK_SHARE));
  };
  const plan = (delayMs: number): void => {
    cancel = watch.clock.after(delayMs, () => void look());
  };
  if (!isOver) plan(LOOK_DELAY_MS_MIN);
  return () => {
    isOver = true;
    cancel();
  };
}

/** Bytes on disk below these folders; stops counting above `bytesMax`. Links are not followed. */
export async function measure(folders: readonly string[], bytesMax: number): Promise<number> {
  const pending = [...folders];
  let bytes = 0;
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const found = await list(folder);
    if (found === undefined) return Number.MAX_SAFE_INTEGER;
    for (const entry of found) {
      entries += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) pending.push(path);
      bytes += ENTRY_BYTES + (await bytesOf(path));
      if (entries > ENTRIES_MAX) return Number.MAX_SAFE_INTEGER;
      if (bytes > bytesMax) return bytes;
    }
  }
  return bytes;
}

/** Undefined for a folder that was closed to us: nobody hides files from the watch. */
async function list(folder: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isGone ? [] : undefined;
  }
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).blocks * BLOCK_BYTES;
  } catch {
    // It went away while we looked.
    return 0;
  }
}
