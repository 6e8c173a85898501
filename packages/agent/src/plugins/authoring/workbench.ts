// Owns one plugin on trial: run from its author's folder, called by hand. Refuses to decide what may
// run: no policy and no sandbox stand between authors and their own code.

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Clock,
  Json,
  JsonObject,
  ToolDeclaration,
  ToolOutcome,
} from '@opencomputer/contracts';
import type { ChildSpecification } from '../child.ts';
import { CommandConnection } from '../command-connection.ts';
import type { PluginConnection } from '../connection.ts';
import { startDeadline } from '../deadline.ts';
import { KitConnection } from '../kit-connection.ts';
import type { HostedStorage } from '../kit-connection.ts';
import { launchProgram } from '../launch.ts';
import { launchRuntime } from '../launch-runtime.ts';
import type { PluginCode } from '../launch-runtime.ts';
import { failure } from '../outcome.ts';
import { SchemaChecker } from '../schema.ts';
import { Supervisor } from '../supervisor.ts';
import type { PluginEvent } from '../supervisor.ts';

/** What is tried, and what it is given. */
export interface WorkbenchOptions extends PluginCode {
  /** The Node program for runtime `node`. */
  readonly node: string;
  /** Of the machine; a plugin sees PATH, LANG and TZ of them. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly timeZone: string;
  /** Granted for the trial, absolute. */
  readonly folders: readonly string[];
  readonly clock: Clock;
  onEvent(event: PluginEvent): void;
}

/** How a call ended, and how long it took with the start of the process. */
export interface WorkbenchAnswer {
  readonly outcome: ToolOutcome;
  readonly elapsedMs: number;
}

/** A plugin on trial. */
export interface Workbench {
  /** What is wrong with arguments, as a model would be told; undefined: nothing. */
  check(declaration: ToolDeclaration, input: JsonObject): Promise<string | undefined>;
  /** Never rejects. */
  call(
    declaration: ToolDeclaration,
    input: JsonObject,
    signal: AbortSignal,
  ): Promise<WorkbenchAnswer>;
  /** What the running process wrote to standard error, its last 64 kB. */
  readonly log: string;
  /** Ends the process and forgets what was stored. */
  close(): Promise<void>;
}

/** Makes a place for the trial; the process starts with the first call. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { manifest, clock } = options;
  const scratch = await mkdtemp(join(await realpath(tmpdir()), 'plugin-trial-'));
  const storage = { directory: join(scratch, 'storage'), key: randomBytes(32).toString('base64') };
  await mkdir(storage.directory, { mode: 0o700 });
  const access = { folders: options.folders, storage: [storage.directory] };
  const kept = memoryStorage();
  const supervisor = new Supervisor({
    plugin: manifest.name,
    own: manifest.runtime !== 'mcp',
    idleMs: manifest.resources.idleMs,
    outputBytesMax: manifest.resources.outputBytesMax,
    clock,
    start: () => connect(options, { scratch, storage: kept, folders: options.folders }),
    observe: (event) => options.onEvent(event),
  });
  const schemas = new SchemaChecker();
  return {
    check: async (declaration, input) =>
      (await schemas.check(declaration.input, 'official'))(input),
    call: async (declaration, input, signal) => {
      const started = clock.monotonic();
      const deadline = startDeadline(clock, declaration.timeoutMs, signal);
      const circumstances = {
        idempotencyKey: randomUUID(),
        now: clock.now(),
        timeZone: options.timeZone,
        folders: options.folders,
        storage,
      };
      const outcome = await supervisor.call({
        declaration,
        tool: declaration.name,
        input,
        access,
        deadline,
        circumstances,
        onService: ({ service }) => Promise.resolve(failure('SERVICE_UNKNOWN', { service })),
      });
      deadline.dispose();
      return { outcome, elapsedMs: clock.monotonic() - started };
    },
    get log() {
      return supervisor.log;
    },
    close: async () => {
      await supervisor.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** How its process is started, with a folder of its own below `scratch`. Throws PLUGIN_START. */
export async function launchAuthored(
  code: PluginCode,
  places: {
    readonly node: string;
    readonly scratch: string;
    readonly variables: WorkbenchOptions['variables'];
    readonly folders?: readonly string[];
  },
): Promise<ChildSpecification> {
  const { manifest, directory } = code;
  const { node, scratch, variables: environment, folders = [] } = places;
  if (manifest.runtime !== 'node') return launchRuntime(code, { node, scratch, environment });
  const { name } = manifest;
  const entry = join(directory, manifest.entry);
  const program = { kind: 'program', name, manifest, directory, entry, libraries: [] } as const;
  // The temporary folder too: what the suite stores is there.
  const access = { folders, storage: [scratch] };
  return launchProgram(program, access, { node, scratch: join(scratch, 'home'), environment });
}

async function connect(
  options: WorkbenchOptions,
  places: {
    readonly scratch: string;
    readonly storage: HostedStorage;
    readonly folders: readonly string[];
  },
): Promise<PluginConnection> {
  const { manifest, clock, node, variables } = options;
  const { runtime, url } = manifest;
  if (runtime === 'mcp' && url !== undefined) {
    const { connectServer } = await import('../server-connection.ts');
    return connectServer({ type: 'url', url }, { clock });
  }
  const specification = await launchAuthored(options, { node, variables, ...places });
  if (runtime === 'command') {
    return new CommandConnection((tool) => ({
      ...specification,
      arguments: [...specification.arguments, tool],
    }));
  }
  if (runtime === 'python') return new KitConnection(specification, clock, places.storage);
  if (runtime === 'node') return new KitConnection(specification, clock);
  const { connectServer } = await import('../server-connection.ts');
  return connectServer({ type: 'process', specification }, { clock });
}

/** One person's values, for as long as the trial lasts. */
function memoryStorage(): HostedStorage {
  const values = new Map<string, string>();
  return {
    get: (_, name) => {
      const text = values.get(name);
      return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as Json));
    },
    set: (_, name, value) => Promise.resolve(void values.set(name, JSON.stringify(value))),
    delete: (_, name) => Promise.resolve(void values.delete(name)),
  };
}
