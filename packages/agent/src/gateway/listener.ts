// Owns the two places where the daemon listens: a socket file that only its owner can open, and a
// loopback port. Refuses a socket in a folder open to others, and any address of a network.

import { chmodSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, ListenOptions } from 'node:net';
import { dirname } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import { socketPathBytesMax } from './wire.ts';

/** Connections that wait to be accepted. */
const backlogMax = 511;
const loopbackHosts: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/**
 * Listens on a socket file, mode 0600, in a folder of mode 0700. A file left by a crash is removed,
 * but only when nobody answers on it. Throws STORE_LOCKED when somebody does, else STORE_UNREADABLE.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  const bytes = Buffer.byteLength(path);
  if (bytes > socketPathBytesMax) {
    const problem = `the path of its socket has ${bytes} bytes, more than ${socketPathBytesMax}`;
    throw unusable(path, problem);
  }
  checkFolder(path);
  await removeStale(path);
  try {
    await listen(server, { path, backlog: backlogMax });
    chmodSync(path, 0o600);
  } catch (error) {
    throw unusable(path, `its socket cannot be made (${codeOf(error)})`, error);
  }
}

/** Listens on loopback and returns the address as a URL. Throws OPTION_INVALID or PORT_TAKEN. */
export async function listenOnPort(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  if (!loopbackHosts.includes(host)) {
    throw new AgentError('OPTION_INVALID', { option: 'host', problem: 'only loopback is served' });
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new AgentError('OPTION_INVALID', { option: '--port', problem: 'not a port number' });
  }
  try {
    await listen(server, { host, port, backlog: backlogMax });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') {
      throw new AgentError('PORT_TAKEN', { port }, { cause: error });
    }
    const problem = `${port} cannot be used (${codeOf(error)})`;
    throw new AgentError('OPTION_INVALID', { option: '--port', problem }, { cause: error });
  }
  const { port: actual } = server.address() as AddressInfo;
  return `http://${host === '::1' ? '[::1]' : host}:${actual}`;
}

function checkFolder(path: string): void {
  const { mode, uid } = statSync(dirname(path));
  if ((mode & 0o077) !== 0) throw unusable(path, 'its mode lets others in');
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) throw unusable(path, 'it belongs to somebody else');
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw unusable(path, `${path} is not a socket`);
  if (await answers(path)) {
    throw new AgentError('STORE_LOCKED', { directory: dirname(path), holder: 'a running agent' });
  }
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      const code = codeOf(error);
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(false);
      // A full backlog: somebody is there and does not accept.
      else if (code === 'EAGAIN') resolve(true);
      else reject(unusable(path, `its socket cannot be asked (${code})`, error));
    });
  });
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function unusable(path: string, problem: string, cause?: unknown): AgentError {
  return new AgentError('STORE_UNREADABLE', { directory: dirname(path), problem }, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
