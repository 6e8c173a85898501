// Owns one process of the cluster: started as an operator starts it, killed without a word, started
// again in its own data directory. Refuses to know what it works on.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClusterRole } from '@opencomputer/contracts/internal';
import { installEngine } from './program.ts';

/** What every process of a cluster is started with. */
export interface MemberParts {
  readonly entry: string;
  /** Holds one folder for each process. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly rootKeyFile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly configuration: string;
}

const readyMsMax = 90_000;

/** A process of a cluster. */
export class Member {
  readonly name: string;
  readonly role: ClusterRole;
  readonly #parts: MemberParts;
  readonly #home: string;
  #child: ChildProcess | undefined;
  #url: string | undefined;

  constructor(parts: MemberParts, name: string, role: ClusterRole) {
    this.#parts = parts;
    this.name = name;
    this.role = role;
    this.#home = join(parts.folder, name);
    const data = join(this.#home, 'data');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(join(data, 'config.yaml'), parts.configuration, { mode: 0o600 });
    installEngine(data);
  }

  /** Origin of its port while it is ready. */
  get url(): string | undefined {
    return this.#url;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The key of its port. */
  get apiKey(): string {
    return readFileSync(join(this.#home, 'data', 'api.key'), 'utf8').trim();
  }

  /** Resolves when it says that it is ready. Rejects when it ends before. */
  async start(): Promise<void> {
    const { entry, databaseUrl, temporalAddress, rootKeyFile, environment } = this.#parts;
    const port = this.role === 'gateway' ? ['--port', '0'] : [];
    const words = ['serve', '--engine', 'temporal', '--role', this.role, ...port];
    const child = spawn(process.execPath, [entry, ...words], {
      cwd: this.#home,
      env: {
        PATH: process.env['PATH'],
        HOME: this.#home,
        TZ: 'UTC',
        OPENCOMPUTER_HOME: join(this.#home, 'data'),
        OPENCOMPUTER_DATABASE_URL: databaseUrl,
        OPENCOMPUTER_TEMPORAL_ADDRESS: temporalAddress,
        OPENCOMPUTER_ROOT_KEY_FILE: rootKeyFile,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that its plugins end with it.
      detached: true,
    });
    this.#child = child;
    const kill = (): void => void this.#signal('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.removeListener('exit', kill));
    child.stderr.on('data', (bytes: Buffer) => {
      appendFileSync(join(this.#home, 'log'), `${new Date().toISOString()} ${bytes.toString()}`);
    });
    const lines = createInterface({ input: child.stdout });
    const ready = new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        if (line.startsWith('ready ')) resolve(line.slice('ready '.length));
      });
      child.once('exit', (code, signal) =>
        reject(new Error(`${this.name} ended (${code ?? signal}): see ${this.#home}/log`)),
      );
      AbortSignal.timeout(readyMsMax).addEventListener('abort', () =>
        reject(new Error(`${this.name} is not ready: see ${this.#home}/log`)),
      );
    });
    this.#url = await ready;
  }

  /** Ends it and what it started; resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#url = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    this.#signal(signal);
    await exit;
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}
