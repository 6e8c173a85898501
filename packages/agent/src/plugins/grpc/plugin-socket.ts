// Owns the socket on which a plugin's process answers: waited for while it starts, reached without
// following what the plugin may have put in its place. Refuses links, and a wait without end.

import { constants } from 'node:fs';
import { lstat, open, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock } from '@opencomputer/contracts';

/** Tells a plugin's program where it must listen. */
export const PLUGIN_SOCKET_VARIABLE = 'OPENCOMPUTER_PLUGIN_SOCKET';
/** What fits into `sun_path` on every system, in bytes. */
const PATH_BYTES_MAX = 103;
/** Of Linux; Node does not name it. */
const O_PATH = 0o10000000;
const WAIT_MS_FIRST = 5;
const WAIT_MS_MAX = 100;
const NOT_YET = ['ENOENT', 'ECONNREFUSED'];

/** Makes place for a socket. Throws when its path is too long for one. */
export async function clearSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new Error(`the path of its socket is longer than ${PATH_BYTES_MAX} bytes: ${path}`);
  }
  await rm(path, { force: true });
}

/** Connects once somebody listens. Rejects with the signal's reason, and for what is no socket. */
export async function reachSocket(
  path: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Socket> {
  for (let waitMs = WAIT_MS_FIRST; ; waitMs = Math.min(2 * waitMs, WAIT_MS_MAX)) {
    signal.throwIfAborted();
    try {
      return await connectTo(path);
    } catch (error) {
      if (!isNotYet(error)) throw error;
    }
    await pause(clock, waitMs, signal);
  }
}

async function connectTo(path: string): Promise<Socket> {
  if (process.platform !== 'linux') {
    refuseOther((await lstat(path)).isSocket());
    return connected(path);
  }
  // What was looked at is what is connected to, even when the plugin swaps the name in between.
  const file = await open(path, O_PATH | constants.O_NOFOLLOW);
  try {
    refuseOther((await file.stat()).isSocket());
    return await connected(`/proc/self/fd/${file.fd}`);
  } finally {
    await file.close();
  }
}

function refuseOther(isSocket: boolean): void {
  if (!isSocket) throw new Error('what it made in place of its socket is none');
}

async function connected(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(path, resolve);
  socket.once('error', reject);
  await promise;
  socket.off('error', reject);
  return socket;
}

async function pause(clock: Clock, waitMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(waitMs, resolve);
  const wake = (): void => resolve();
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  cancel();
  signal.removeEventListener('abort', wake);
}

function isNotYet(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOT_YET.includes(String(error.code));
}
