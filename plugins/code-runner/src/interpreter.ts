// Owns how code of each language is started: its interpreter, its files and its limits. Refuses languages
// that it does not know.

import { readdir, readFile } from 'node:fs/promises';
import { runProgram } from '@opencomputer/plugin/process';

export type Language = 'python' | 'javascript' | 'shell';

/** What is needed to run one piece of code. */
export interface Preparation {
  /** Names to look for, first one first. */
  readonly programs: readonly string[];
  readonly arguments: readonly string[];
  /** Files of the temporary folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Data of a process, in place of the usual bound: V8 reserves more than it uses. */
  readonly memoryBytes?: number;
  /** What a person can do when there is no such program. */
  readonly install: string;
}

/** Bounds that the kernel keeps for each process of a run (setrlimit). */
export interface RunLimits {
  readonly memoryBytes: number;
  readonly processorSeconds: number;
  readonly fileBytes: number;
  /** Beyond those that the user has already; no bound for root. */
  readonly processes: number;
}

export const RUN_LIMITS: RunLimits = {
  memoryBytes: 512_000_000,
  processorSeconds: 30,
  fileBytes: 50_000_000,
  processes: 64,
};

const JAVASCRIPT_MEMORY_BYTES = 1_200_000_000;
const FOLDERS = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

/** Runs the code and shows the value of its last line when it is an expression, as a prompt would. */
const PYTHON_START = `import ast, sys
source = open(sys.argv[1], encoding="utf-8").read()
tree = ast.parse(source, "code.py")
last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
scope = {"__name__": "__main__"}
sys.argv = ["code.py"]
exec(compile(tree, "code.py", "exec"), scope)
if last is not None:
    value = eval(compile(ast.Expression(last.value), "code.py", "eval"), scope)
    if value is not None:
        print(repr(value))
`;

const JAVASCRIPT_START = `const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const { inspect } = require('node:util');
globalThis.require = require;
const value = new Script(readFileSync('code.js', 'utf8'), { filename: 'code.js' }).runInThisContext();
Promise.resolve(value).then((found) => {
  if (found !== undefined) console.log(typeof found === 'string' ? found : inspect(found));
});
`;

/** A module, or a top-level await, which only a module may have. */
const MODULE = /^\s*(?:import\b[^(]|export\b)|^(?:const|let|var)\b.*=\s*await\b|^await\b/m;

/** How code of a language is run; `node` is the program for JavaScript. */
export function prepare(language: Language, code: string, node: string): Preparation {
  switch (language) {
    case 'python':
      return {
        programs: ['python3', 'python'],
        arguments: ['-I', '-B', 'start.py', 'code.py'],
        files: { 'start.py': PYTHON_START, 'code.py': code },
        install: 'Install Python 3, for example with "apt install python3" or from python.org.',
      };
    case 'javascript': {
      const isModule = MODULE.test(code);
      const heap = `--max-old-space-size=${Math.floor(RUN_LIMITS.memoryBytes / 2_000_000)}`;
      return {
        programs: [node],
        arguments: [heap, '--no-warnings', isModule ? 'code.mjs' : 'start.cjs'],
        files: isModule ? { 'code.mjs': code } : { 'start.cjs': JAVASCRIPT_START, 'code.js': code },
        memoryBytes: JAVASCRIPT_MEMORY_BYTES,
        install: 'Install Node.js, for example from nodejs.org.',
      };
    }
    case 'shell':
      return {
        programs: ['bash', 'sh'],
        arguments: ['code.sh'],
        files: { 'code.sh': code },
        install: 'Install bash.',
      };
  }
}

/**
 * The absolute path of the first program that is there, or undefined. Looks where this process does and
 * in the usual folders.
 */
export async function findProgram(
  names: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const script = `PATH="\${PATH:-}:${FOLDERS}"; for name; do command -v "$name" && exit; done; exit 1`;
  const found = await runProgram({
    file: '/bin/sh',
    arguments: ['-c', script, 'sh', ...names],
    folder: '/',
    limitMs: 5_000,
    signal,
  });
  const path = found.output.trim();
  return found.exitCode === 0 && path.startsWith('/') ? path : undefined;
}

/** The environment of a run: nothing of this process but where programs are. */
export function environmentOf(folder: string, program: string): Readonly<Record<string, string>> {
  const own = program.slice(0, program.lastIndexOf('/')) || '/';
  return {
    PATH: `${own}:${FOLDERS}`,
    HOME: folder,
    TMPDIR: folder,
    LANG: 'C.UTF-8',
    PYTHONIOENCODING: 'utf-8',
    NO_COLOR: '1',
  };
}

/** The command that starts a program under limits; a limit that cannot be set stops the run. */
export function limited(
  program: string,
  programArguments: readonly string[],
  options: { readonly limits: RunLimits; readonly processesNow: number | undefined },
): { readonly file: string; readonly arguments: readonly string[] } {
  const { limits, processesNow } = options;
  const kilobytes = (bytes: number): number => Math.floor(bytes / 1024);
  const bounds = [
    `ulimit -d ${kilobytes(limits.memoryBytes)}`,
    `ulimit -t ${limits.processorSeconds}`,
    `ulimit -f ${Math.floor(limits.fileBytes / 512)}`,
    'ulimit -c 0',
    ...(processesNow === undefined
      ? []
      : [`(ulimit -u 1) 2>/dev/null && ulimit -u ${processesNow + limits.processes} || true`]),
  ];
  const script = `${bounds.join(' && ')} && exec "$@"`;
  return { file: '/bin/sh', arguments: ['-c', script, 'sh', program, ...programArguments] };
}

/** Threads that the user of this process has now; undefined where that cannot be read. */
export async function countThreads(user: number | undefined): Promise<number | undefined> {
  if (user === undefined || user === 0) return undefined;
  const names = await readdir('/proc').catch(() => []);
  const counts = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
        const owner = /^Uid:\s+(\d+)/m.exec(status)?.[1];
        return Number(owner) === user ? Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0) : 0;
      }),
  );
  const sum = counts.reduce((total, count) => total + count, 0);
  return sum > 0 ? sum : undefined;
}
