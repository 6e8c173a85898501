// Owns the one door out of a network namespace of its own: a listening socket inside it whose
// connections are accepted out here. Refuses to let anything else of ours into the namespace.

import { spawn } from 'node:child_process';
import { Server } from 'node:net';

/** The address of the proxy as a sandboxed process sees it. */
export const PROXY_PORT = 3_128;
const PROXY_URL = `http://127.0.0.1:${PROXY_PORT}`;
const LISTEN_MS_MAX = 10_000;
const STDERR_CHARACTERS_MAX = 500;

/** What makes the programs that know HTTP_PROXY use the door; Node does from version 24 on. */
export const PROXY_ENVIRONMENT: Readonly<Record<string, string>> = {
  HTTP_PROXY: PROXY_URL,
  HTTPS_PROXY: PROXY_URL,
  http_proxy: PROXY_URL,
  https_proxy: PROXY_URL,
  NO_PROXY: '',
  no_proxy: '',
  NODE_USE_ENV_PROXY: '1',
};

/**
 * Runs inside the namespace, and only until the socket is handed over: a socket stays in the
 * namespace that it was made in. The other side's loopback may need a moment to come up.
 */
const LISTENING_SCRIPT = `
const { createServer } = require('node:net');
let tries = 100;
const listen = () => {
  const server = createServer();
  server.on('error', (error) => {
    if ((tries -= 1) > 0 && error.code === 'EADDRNOTAVAIL') setTimeout(listen, 5);
    else throw error;
  });
  server.listen(${PROXY_PORT}, '127.0.0.1', () => process.send('listening', server));
};
listen();`;

/** Whose namespace is entered, and with what. */
export interface NamespaceEntry {
  readonly nsenter: string;
  readonly node: string;
  readonly processId: number;
  /** Root enters as it is; others must first become a user of the sandbox. */
  readonly entersUserNamespace: boolean;
}

/** Opens the door; rejects when that takes longer than 10 s. Who gets the server closes it. */
export async function listenInNamespace(entry: NamespaceEntry): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  const user = entry.entersUserNamespace ? ['--user', '--preserve-credentials'] : [];
  const enter = ['--target', String(entry.processId), ...user, '--net'];
  const listener = spawn(
    entry.nsenter,
    [...enter, '--', entry.node, '--disable-sigusr1', '-e', LISTENING_SCRIPT],
    { cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], timeout: LISTEN_MS_MAX },
  );
  let output = '';
  listener.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-STDERR_CHARACTERS_MAX);
  });
  listener.once('message', (_message, handle) => {
    if (!(handle instanceof Server)) return;
    // While it lives it listens too, and would take connections that are meant for us.
    listener.once('exit', () => resolve(handle));
    listener.kill('SIGKILL');
  });
  listener.once('error', reject);
  listener.once('close', () => reject(new Error(`its network has no proxy: ${output.trim()}`)));
  return promise;
}
