// Owns starting each official plugin once for `agent doctor`: a process of its own that must list the
// tools of its manifest in time. Refuses calls: no tool runs, so nothing is read or written.

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { manifest } from '@opencomputer/contracts';
import type { Clock, Manifest } from '@opencomputer/contracts';
import { parse } from 'yaml';
import { counted } from '../wording.ts';
import type { Finding } from './finding.ts';

/** Time in which a plugin must have answered. */
const START_MS_MAX = 10_000;
/** Plugins that are started side by side. */
const PARALLEL_MAX = 2;
/** Bytes of the answer. */
const ANSWER_BYTES_MAX = 1_000_000;

/** Which plugins are started, and with what. */
export interface PluginStarts {
  /** Holds one folder for each official plugin. */
  readonly directory: string;
  readonly names: readonly string[];
  /** Of these only PATH, LANG and TZ are handed on. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

type Starting = ChildProcessByStdio<Writable, Readable, null>;

/** One line for all that answered, one for each that did not. */
export async function checkPluginStarts(starts: PluginStarts): Promise<Finding[]> {
  const waiting = [...starts.names];
  const problems = new Map<string, string>();
  let count = 0;
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const problem = await startOnce(name, starts);
      if (problem === undefined) count += 1;
      else if (problem !== BUILT_IN) problems.set(name, problem);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
  const failed = starts.names.flatMap((name): Finding[] => {
    const problem = problems.get(name);
    if (problem === undefined) return [];
    const remedy = `install the agent again, or set plugins.${name}.enabled to false`;
    return [{ state: 'fail', text: `plugin ${name} does not start: ${problem}`, remedy }];
  });
  if (count === 0) return failed;
  return [
    { state: 'ok', text: `${counted(count, 'official plugin')} started and listed all tools` },
    ...failed,
  ];
}

/** No process of its own. */
const BUILT_IN = 'built in';

async function startOnce(name: string, starts: PluginStarts): Promise<string | undefined> {
  const folder = join(starts.directory, name);
  try {
    const declared = readManifest(folder);
    if (declared.runtime !== 'node') return BUILT_IN;
    const wanted = declared.provides.tools.map((tool) => tool.name);
    const listed = await listTools(launch(declared, folder, starts.variables), starts.clock);
    const missing = wanted.filter((tool) => !listed.includes(tool));
    return missing.length === 0 ? undefined : `it has no ${missing.join(', ')}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A built plugin has its manifest as JSON, which is YAML as well. */
function readManifest(folder: string): Manifest {
  const built = join(folder, 'manifest.json');
  const file = existsSync(built) ? built : join(folder, 'manifest.yaml');
  return manifest.parse(parse(readFileSync(file, 'utf8')));
}

function launch(
  { permissions, resources, entry }: Manifest,
  folder: string,
  variables: PluginStarts['variables'],
): Starting {
  const kept = ['PATH', 'LANG', 'TZ'].flatMap((name) => {
    const value = variables[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // What the sources of a plugin import in a checkout lies beside the plugins.
  const code = ['', '../packages', '../node_modules']
    .map((place) => join(folder, '..', place))
    .filter((place) => existsSync(place));
  const walls = [...new Set(code.flatMap((place) => [place, realpathSync(place)]))];
  const flags = permissions.processes
    ? []
    : ['--permission', ...walls.map((place) => `--allow-fs-read=${place}`)];
  const memory = `--max-old-space-size=${resources.memoryMb}`;
  const program = realpathSync(join(folder, entry));
  return spawn(process.execPath, [memory, ...flags, program], {
    cwd: folder,
    env: Object.fromEntries(kept),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
}

/** The names of its tools. The process is gone when this settles. */
async function listTools(child: Starting, clock: Clock): Promise<readonly string[]> {
  const answer = Promise.withResolvers<string>();
  const cancel = clock.after(START_MS_MAX, () =>
    answer.reject(new Error(`no answer within ${START_MS_MAX / 1_000} s`)),
  );
  let bytes = 0;
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdin.on('error', (error) => answer.reject(error));
  child.on('error', (error) => answer.reject(error));
  child.on('exit', (code, signal) =>
    answer.reject(new Error(`it ended at once (${signal ?? `exit code ${code}`})`)),
  );
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) answer.reject(new Error('its list of tools has no end'));
  });
  createInterface({ input: child.stdout }).once('line', answer.resolve);
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n');
  try {
    return toolNames(await answer.promise);
  } finally {
    cancel();
    child.kill('SIGKILL');
    if (child.pid !== undefined) await closed;
  }
}

function toolNames(line: string): readonly string[] {
  const { result } = JSON.parse(line) as { result?: { tools?: readonly { name: string }[] } };
  if (result?.tools === undefined) throw new Error('it does not list its tools');
  return result.tools.map(({ name }) => name);
}
