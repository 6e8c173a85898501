// Owns the bound on folders that last: they are measured again and again while a process runs.
// Refuses to be exact: between two looks a process can write more, each single file apart.

import type { Dirent } from 'node:fs';
import { lstat, readdir, statfs } from 'node:fs/promises';
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
/** And at most a third while the disk fills: many small files must not buy time for large ones. */
const LOOK_SHARE_FILLING = 3;
/** Files that are asked about at once: what the threads of Node take. */
const FILES_AT_ONCE = 16;
/** A folder with more entries counts as full: counting them would itself be a load. */
const ENTRIES_MAX = 200_000;
/** What an entry costs a file system at least, so that empty files are not free. */
const ENTRY_BYTES = 512;
const BLOCK_BYTES = 512;

/** Watches until the returned function is called. */
export function watchDisk(watch: DiskWatch): () => void {
  let isOver = watch.folders.length === 0;
  let cancel = (): void => undefined;
  let last = { endedMs: 0, tookMs: 0, bytes: 0, used: [] as readonly number[] };
  const look = async (): Promise<void> => {
    const startedMs = watch.clock.monotonic();
    const used = await usedBytes(watch.folders);
    const bytes = await measure(watch.folders, watch.bytesMax);
    if (isOver) return;
    if (bytes > watch.bytesMax) {
      isOver = true;
      watch.exceeded(bytes);
      return;
    }
    const endedMs = watch.clock.monotonic();
    last = { endedMs, tookMs: endedMs - startedMs, bytes, used };
    plan();
  };
  const lookIfDue = async (): Promise<void> => {
    const waitedMs = watch.clock.monotonic() - last.endedMs;
    if (waitedMs >= last.tookMs * LOOK_SHARE) return look();
    if (waitedMs >= last.tookMs * LOOK_SHARE_FILLING) {
      const used = await usedBytes(watch.folders);
      const room = watch.bytesMax - last.bytes;
      if (used.some((now, index) => now - (last.used[index] ?? 0) > room)) return look();
    }
    if (!isOver) plan();
  };
  const plan = (): void => {
    cancel = watch.clock.after(LOOK_DELAY_MS_MIN, () => void lookIfDue());
  };
  if (!isOver) plan();
  return () => {
    isOver = true;
    cancel();
  };
}

/** What is used of the file system of each folder, by whomever, entries as `measure` counts them. */
async function usedBytes(folders: readonly string[]): Promise<readonly number[]> {
  return Promise.all(
    folders.map(async (folder) => {
      try {
        const { blocks, bfree, bsize, files, ffree } = await statfs(folder);
        return (blocks - bfree) * bsize + (files - ffree) * ENTRY_BYTES;
      } catch {
        // It is gone: nothing is used there.
        return 0;
      }
    }),
  );
}

/** Bytes on disk below these folders; stops counting above `bytesMax`. Links are not followed. */
export async function measure(folders: readonly string[], bytesMax: number): Promise<number> {
  const pending = [...folders];
  let bytes = 0;
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const found = await list(folder);
    if (found === undefined) return Number.MAX_SAFE_INTEGER;
    entries += found.length;
    if (entries > ENTRIES_MAX) return Number.MAX_SAFE_INTEGER;
    for (let at = 0; at < found.length && bytes <= bytesMax; at += FILES_AT_ONCE) {
      const some = found.slice(at, at + FILES_AT_ONCE);
      const sizes = await Promise.all(some.map((entry) => bytesOf(join(folder, entry.name))));
      bytes = sizes.reduce((sum, size) => sum + ENTRY_BYTES + size, bytes);
    }
    if (bytes > bytesMax) return bytes;
    for (const entry of found) if (entry.isDirectory()) pending.push(join(folder, entry.name));
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
