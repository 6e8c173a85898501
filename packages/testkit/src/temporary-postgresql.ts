// Owns a PostgreSQL server that exists for one test run: its own folder, a socket, no network.
// Refuses to run as root, as the server itself does: root hands it to an unprivileged user.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running server. */
export interface TemporaryPostgresql {
  /** For `pg`: database `postgres` over a unix socket, as its superuser. */
  readonly url: string;
  /** Ends the server at once and removes its folder. */
  stop(): Promise<void>;
}

interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** What a test may want otherwise. */
export interface TemporaryPostgresqlOptions {
  /** A port of loopback beside the socket, for programs that cannot use the socket. */
  readonly port?: number;
  readonly connectionsMax?: number;
}

const startMsMax = 60_000;
const connectionsMaxDefault = 60;

/**
 * Starts a fresh server with the program `postgres` (what `requirement('postgresql')` gives), its
 * `initdb` beside it. Without syncs: it need not survive the machine. Throws with the server's own
 * last words when it does not start.
 */
export async function startTemporaryPostgresql(
  postgres: string,
  options: TemporaryPostgresqlOptions = {},
): Promise<TemporaryPostgresql> {
  const programs = dirname(realpathSync(postgres));
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'opencomputer-postgresql-'));
  chmodSync(folder, 0o700);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    createCluster(join(programs, 'initdb'), folder, user);
    const program = join(programs, 'postgres');
    const server = await startServer({ program, folder, user, options });
    const socket = new URLSearchParams({ host: folder });
    if (options.port !== undefined) socket.set('port', String(options.port));
    const url = `postgresql://postgres@/postgres?${socket.toString()}`;
    return { url, stop: () => stopServer(server, remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

function createCluster(initdb: string, folder: string, user: ServerUser | undefined): void {
  const { status, stderr, error } = spawnSync(
    initdb,
    ['-D', join(folder, 'data'), '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync'],
    { ...user, cwd: folder, encoding: 'utf8', timeout: startMsMax, env: { LC_ALL: 'C.UTF-8' } },
  );
  if (error !== undefined)
    throw new Error(`initdb did not run: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`initdb failed: ${stderr.trim()}`);
}

async function startServer({
  program,
  folder,
  user,
  options: { port, connectionsMax = connectionsMaxDefault },
}: {
  readonly program: string;
  readonly folder: string;
  readonly user: ServerUser | undefined;
  readonly options: TemporaryPostgresqlOptions;
}): Promise<ChildProcess> {
  const settings = {
    listen_addresses: port === undefined ? '' : '127.0.0.1',
    ...(port !== undefined && { port }),
    unix_socket_directories: folder,
    fsync: 'off',
    shared_buffers: '16MB',
    max_connections: connectionsMax,
    // The words that `ready` waits for, whatever the machine's language.
    lc_messages: 'C',
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(program, ['-D', join(folder, 'data'), ...words], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C.UTF-8' },
  });
  // A test that fails to stop it must not leave it running.
  const kill = (): boolean => server.kill('SIGQUIT');
  process.once('exit', kill);
  server.once('exit', () => process.removeListener('exit', kill));
  await untilReady(server);
  return server;
}

/** Reads on after it is ready, or the server would block on a full pipe. */
async function untilReady(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error('postgres has no error output');
  const lines = createInterface({ input: server.stderr });
  const words: string[] = [];
  const signal = AbortSignal.timeout(startMsMax);
  const ready = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (words.push(line) > 20) words.shift();
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`postgres ended: ${words.join(' | ')}`)));
    signal.addEventListener('abort', () => reject(new Error(`not ready: ${words.join(' | ')}`)));
  });
  try {
    await ready;
  } catch (error) {
    server.kill('SIGQUIT');
    throw error;
  }
}

async function stopServer(server: ChildProcess, remove: () => void): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const exit = once(server, 'exit');
    server.kill('SIGINT');
    await exit;
  }
  remove();
}

/** `postgres` where its package was installed, else `nobody`. */
function unprivilegedUser(): ServerUser {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('there is no unprivileged user to run postgres as');
}
