// Owns the world that every program is let loose in: a network of its own where all addresses lead here,
// a secret that only it knows, a careless proxy. Refuses to be part of the machine's network.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROXY_PORT } from '../packages/agent/src/plugins/sandbox/namespace-listener.ts';
import { openCarelessProxy } from './fixtures/careless-proxy.ts';
import type { CarelessRules } from './fixtures/careless-proxy.ts';
import { openInternet } from './fixtures/internet.ts';
import type { Hit } from './probe.ts';

/** Set in the process that lives in the world. */
const INSIDE = 'OPENCOMPUTER_ESCAPE_SECRET';
const NAMESPACES = ['unshare', '--net', '--uts', '--ipc', '--mount', '--'];
/** The descriptor that is left open for every child; Node closes those that follow its first ones. */
const LEFT_OPEN = 40;
const CANARY_BYTES = 16;
const SETTINGS: Readonly<Record<string, string>> = {
  'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

export interface World {
  readonly folder: string;
  readonly canary: string;
  readonly hits: Hit[];
  /** Of the hosts; empty where there is no network of our own. */
  readonly authority: string;
  readonly rules: CarelessRules;
  close(): void;
}

/** True where namespaces of our own can be made: everything that needs a network is left out else. */
export function isRoot(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** True in the process that `enterWorld` started. */
export function isInWorld(): boolean {
  return process.env[INSIDE] !== undefined;
}

/** Runs this very command again, as a process of the world; its exit code. */
export async function enterWorld(script: string, words: readonly string[]): Promise<number> {
  const canary = `canary${randomBytes(CANARY_BYTES).toString('hex')}`;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'opencomputer-escape-'));
  writeFileSync(join(folder, 'left-open'), canary);
  for (const [name, text] of Object.entries(SETTINGS)) writeFileSync(join(folder, name), text);
  const node = [process.execPath, script, ...words];
  const mounts = Object.keys(SETTINGS)
    .map((name) => `mount --bind "$0/${name}" "/etc/${name}"`)
    .join(' && ');
  const entering = join(import.meta.dirname, 'fixtures/enter.py');
  const place = ['/usr/bin/python3', '-I', entering, join(folder, 'left-open'), String(LEFT_OPEN)];
  const [program = '', ...rest] = isRoot()
    ? [...NAMESPACES, ...place, 'network', 'sh', '-c', `${mounts} && exec "$@"`, folder, ...node]
    : [...place, 'no-network', ...node];
  const child = spawn(program, rest, {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: canary, OPENCOMPUTER_ESCAPE_FOLDER: folder },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  rmSync(folder, { recursive: true, force: true });
  return code ?? 1;
}

/** Opens the servers of the world, in its process. */
export async function openWorld(): Promise<World> {
  const folder = process.env['OPENCOMPUTER_ESCAPE_FOLDER'] ?? '';
  const canary = process.env[INSIDE] ?? '';
  const found = Buffer.alloc(canary.length);
  readSync(LEFT_OPEN, found, 0, found.length, 0);
  if (found.toString() !== canary)
    throw new Error('the descriptor that was left open is not there');
  chmodSync(folder, 0o755);
  const rules: CarelessRules = { mode: 'host', secret: canary };
  if (!isRoot()) {
    return { folder, canary, hits: [], authority: '', rules, close: () => undefined };
  }
  const internet = await openInternet();
  const proxy = await openCarelessProxy(PROXY_PORT, rules);
  const { hits, authority } = internet;
  const close = (): void => {
    internet.close();
    proxy.close();
  };
  return { folder, canary, hits, authority, rules, close };
}
