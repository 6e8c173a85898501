// Owns `npm test`: every `*.test.ts` beside its source, then one line that names what did not run.
// Refuses to hide a suite: a missing tool is named, and fails where OPENCOMPUTER_TEST_REQUIRE asks.

import { requirementNames } from '../packages/testkit/src/requirement.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATTERNS = [
  'packages/!(temporal)/{src,bin}/**/*.test.ts',
  'plugins/*/src/**/*.test.ts',
  'examples/*/src/**/*.test.ts',
  'bench/**/*.test.ts',
  'crash/**/*.test.ts',
  'escape/**/*.test.ts',
  'scripts/*.test.ts',
];
/** It is no workspace: its own lockfile is installed by who runs a cluster, and by the build server. */
const TEMPORAL = {
  name: 'temporal',
  pattern: 'packages/temporal/{src,cluster,scripts}/**/*.test.ts',
  modules: join(import.meta.dirname, '..', 'packages', 'temporal', 'node_modules'),
  note: 'packages/temporal needs its dependencies (npm ci in packages/temporal)',
};
const CONCURRENCY = 2;
const TEST_MS_MAX = 120_000;

/** The closing line, from the notes that `requirement` wrote; the same note may come many times. */
export function notRunLine(notes: string): string {
  const suites = [...new Set(notes.split('\n').filter((line) => line !== ''))].toSorted();
  if (suites.length === 0) return 'Not run: nothing; every suite had what it needs.';
  return `Not run: ${suites.join('; ')}.`;
}

/** The names in OPENCOMPUTER_TEST_REQUIRE that no suite can ask for: a typo would pass unseen. */
export function unknownRequirements(list: string): string[] {
  return list.split(',').filter((name) => name !== '' && !requirementNames.includes(name));
}

/** Test files for the words after `npm test --`: a file, or every test in a folder. */
export function patternsOf(words: readonly string[]): readonly string[] {
  const folders = words.map((word) =>
    existsSync(word) && statSync(word).isDirectory() ? join(word, '**/*.test.ts') : word,
  );
  if (folders.length > 0) return folders;
  return existsSync(TEMPORAL.modules) ? [...PATTERNS, TEMPORAL.pattern] : PATTERNS;
}

async function main(): Promise<number> {
  const unknown = unknownRequirements(process.env['OPENCOMPUTER_TEST_REQUIRE'] ?? '');
  if (unknown.length > 0) {
    const known = requirementNames.join(', ');
    console.error(`OPENCOMPUTER_TEST_REQUIRE names "${unknown.join(', ')}"; known are ${known}.`);
    return 1;
  }
  const required = (process.env['OPENCOMPUTER_TEST_REQUIRE'] ?? '').split(',');
  if (required.includes(TEMPORAL.name) && !existsSync(TEMPORAL.modules)) {
    console.error(`${TEMPORAL.note}.`);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'opencomputer-test-'));
  const notes = join(folder, 'not-run');
  if (!existsSync(TEMPORAL.modules)) writeFileSync(notes, `${TEMPORAL.note}\n`);
  const limits = [`--test-concurrency=${CONCURRENCY}`, `--test-timeout=${TEST_MS_MAX}`];
  const patterns = patternsOf(process.argv.slice(2));
  const child = spawn(process.execPath, ['--test', ...limits, ...patterns], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, OPENCOMPUTER_TEST_NOT_RUN: notes },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  console.log(notRunLine(existsSync(notes) ? readFileSync(notes, 'utf8') : ''));
  rmSync(folder, { recursive: true });
  return code ?? 1;
}

if (import.meta.main) process.exitCode = await main();
