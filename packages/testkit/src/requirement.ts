/**
 * Owns the one permitted way not to run a suite: a tool that npm cannot install is missing. Refuses
 * to let that pass unseen: it is reported at the end of the run, and fails where the tool is required.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, appendFileSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, relative } from 'node:path';

/** How a tool is found, proven to work, and installed. */
interface Requirement {
  readonly label: string;
  readonly programs: readonly string[];
  /** Folders beside PATH; a `*` segment stands for any name, the greatest first. */
  readonly folders?: readonly string[];
  /** Arguments of a harmless run that must exit with 0: installed is not always usable. */
  readonly probe: readonly string[];
  readonly install: string;
}

/** Names that `OPENCOMPUTER_TEST_REQUIRE` may list. */
export type RequirementName =
  | 'postgresql'
  | 'bubblewrap'
  | 'strace'
  | 'python'
  | 'namespaces'
  | 'registry'
  | 'temporal';

const REQUIREMENTS: Record<RequirementName, Requirement> = {
  postgresql: {
    label: 'PostgreSQL',
    programs: ['postgres'],
    folders: ['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql*/bin', '/usr/pgsql-*/bin'],
    probe: ['--version'],
    install: 'apt-get install postgresql',
  },
  bubblewrap: {
    label: 'bubblewrap',
    programs: ['bwrap'],
    probe: ['--ro-bind', '/', '/', '--unshare-all', 'true'],
    install: 'apt-get install bubblewrap, and user namespaces allowed',
  },
  strace: {
    label: 'strace',
    programs: ['strace'],
    probe: ['-f', '-o', '/dev/null', 'true'],
    install: 'apt-get install strace, and ptrace allowed',
  },
  namespaces: {
    label: 'user namespaces',
    programs: ['unshare'],
    probe: ['-Urm', 'true'],
    install: 'apt-get install util-linux, and user namespaces allowed',
  },
  temporal: {
    label: 'a Temporal server',
    programs: ['temporal-server'],
    folders: [`${homedir()}/.cache/opencomputer/temporal/*`],
    probe: ['--version'],
    install: 'npm ci and npm run server in packages/temporal, with Go installed',
  },
  registry: {
    label: 'an OCI registry',
    programs: ['docker-registry'],
    probe: ['--version'],
    install: 'apt-get install docker-registry',
  },
  python: {
    label: 'Python 3',
    programs: ['python3'],
    probe: ['--version'],
    install: 'apt-get install python3',
  },
};

export const requirementNames: readonly string[] = Object.keys(REQUIREMENTS);

/** Probes start within milliseconds; a tool that hangs is as good as missing. */
const PROBE_MS_MAX = 10_000;

/**
 * The full path of the tool's program, or undefined when it is missing or does not work here; the
 * caller then registers no tests. Throws when `OPENCOMPUTER_TEST_REQUIRE` (names separated by
 * commas) lists the tool. A missing tool is noted, with the test file that asked, in the file that
 * `OPENCOMPUTER_TEST_NOT_RUN` names.
 */
export function requirement(name: RequirementName): string | undefined {
  const program = findProgram(REQUIREMENTS[name], process.env['PATH'] ?? '');
  if (program !== undefined) return program;
  const { label, install } = REQUIREMENTS[name];
  if ((process.env['OPENCOMPUTER_TEST_REQUIRE'] ?? '').split(',').includes(name)) {
    throw new Error(`${label} is required here, and missing or unusable: ${install}`);
  }
  const noteFile = process.env['OPENCOMPUTER_TEST_NOT_RUN'];
  if (noteFile) {
    const suite = relative(process.cwd(), process.argv[1] ?? '').replaceAll('\\', '/');
    appendFileSync(noteFile, `${suite} needs ${label} (${install})\n`);
  }
  return undefined;
}

/** The first program that can be executed and passes its probe; `path` is in the form of PATH. */
export function findProgram(wanted: Requirement, path: string): string | undefined {
  const folders = [...path.split(delimiter), ...(wanted.folders ?? []).flatMap(expandFolder)];
  for (const folder of folders.filter((entry) => entry !== '')) {
    for (const name of wanted.programs) {
      const program = join(folder, name);
      if (isExecutable(program) && passesProbe(program, wanted.probe)) return program;
    }
  }
  return undefined;
}

function passesProbe(program: string, probe: readonly string[]): boolean {
  return spawnSync(program, probe, { stdio: 'ignore', timeout: PROBE_MS_MAX }).status === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Resolves one `*` in a folder pattern, the newest version first; a missing parent gives none. */
function expandFolder(pattern: string): string[] {
  const segments = pattern.split('/');
  const index = segments.findIndex((segment) => segment.includes('*'));
  if (index === -1) return [pattern];
  const parent = segments.slice(0, index).join('/');
  const [prefix = '', suffix = ''] = (segments[index] ?? '').split('*');
  try {
    return readdirSync(parent)
      .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
      .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => [parent, name, ...segments.slice(index + 1)].join('/'));
  } catch {
    return [];
  }
}
