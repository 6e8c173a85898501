// Owns `npm run check`: every check that needs no test, two at a time, a line for each and all
// failures at the end. Refuses to stop at the first failure, and to pass when a named step is unknown.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One check: a program with its arguments, run in the root. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** A step that must have passed before. */
  readonly after?: string;
}

export interface StepResult {
  readonly name: string;
  readonly seconds: number;
  /** What the step printed when it failed. */
  readonly failure?: string;
}

const CONCURRENCY = 2;
const STEP_MS_MAX = 5 * 60_000;
const OUTPUT_CHARACTERS_MAX = 200_000;

const root = join(import.meta.dirname, '..');
const script = (name: string, ...words: string[]): string[] => [
  process.execPath,
  join('scripts', `${name}.ts`),
  ...words,
];
const tool = (name: string, ...words: string[]): string[] => [
  join('node_modules', '.bin', name),
  ...words,
];

/** The checks; with `isUpdate`, what can be rewritten is rewritten instead of judged. */
export function stepsOf(isUpdate: boolean): Step[] {
  const temporal = join('packages', 'temporal');
  const isInstalled = existsSync(join(root, temporal, 'node_modules'));
  // the lint by types cannot read a package whose own dependencies are not there
  const unresolved = isInstalled ? [] : ['--ignore-pattern', `${temporal}/**`];
  const temporalTypes = { name: 'temporal', command: tool('tsc', '-p', temporal), after: 'types' };
  return [
    { name: 'types', command: tool('tsc', '-b') },
    // Its dependencies are installed apart, by those who run a cluster and by the build server.
    ...(isInstalled ? [temporalTypes] : []),
    { name: 'format', command: tool('oxfmt', isUpdate ? '--write' : '--check', '.') },
    { name: 'lint', command: tool('oxlint', ...unresolved) },
    { name: 'layers', command: script('layers') },
    { name: 'unused', command: tool('knip', '--no-progress', '--no-config-hints') },
    { name: 'tidy', command: script('tidy') },
    {
      name: 'reference',
      command: script('reference', ...(isUpdate ? ['--update'] : [])),
      after: 'types',
    },
    { name: 'links', command: script('links') },
  ];
}

/** Runs steps in order, at most two at once; a step whose predecessor failed is not run. */
export async function runSteps(
  steps: readonly Step[],
  report: (result: StepResult) => void,
): Promise<StepResult[]> {
  const running = new Map<string, Promise<StepResult>>();
  const queue = [...steps];
  const work = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const result = runAfter(step, running.get(step.after ?? ''));
      running.set(step.name, result);
      report(await result);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return Promise.all(running.values());
}

async function runAfter(step: Step, before: Promise<StepResult> | undefined): Promise<StepResult> {
  const predecessor = await before;
  if (predecessor?.failure === undefined) return runStep(step);
  return { name: step.name, seconds: 0, failure: `not run: ${predecessor.name} failed` };
}

async function runStep({ name, command }: Step): Promise<StepResult> {
  const [program = '', ...words] = command;
  const started = performance.now();
  const child = spawn(program, words, {
    cwd: root,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: STEP_MS_MAX,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const seconds = (performance.now() - started) / 1000;
  if (code === 0) return { name, seconds };
  return { name, seconds, failure: `${output.trim()}\n(${signal ?? `exit code ${code}`})` };
}

async function main(words: readonly string[]): Promise<number> {
  const all = stepsOf(words.includes('--update'));
  const names = words.filter((word) => word !== '--update');
  const unknown = names.filter((name) => !all.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = all.map((step) => step.name).join(', ');
    console.error(`There is no check "${unknown.join(', ')}"; there are ${known}.`);
    return 1;
  }
  const chosen = all.filter((step) => names.length === 0 || names.includes(step.name));
  const results = await runSteps(chosen, ({ name, seconds, failure }) => {
    console.log(`${failure === undefined ? 'ok  ' : 'FAIL'} ${name} ${seconds.toFixed(1)} s`);
  });
  const failures = results.filter((result) => result.failure !== undefined);
  for (const { name, failure } of failures) console.log(`\n== ${name}\n${failure}`);
  console.log(`\n${results.length - failures.length} of ${results.length} checks passed`);
  return failures.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
