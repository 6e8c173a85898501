// Owns `npm run test:mcp`: the MCP conformance suite at one version, its client scenarios of both
// frozen sets, played by our own connection. Refuses to pass when one that is required fails.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

const suite = '@modelcontextprotocol/conformance';
/** It brings more than a hundred packages, so it is no dependency: installed once, when it is asked for. */
const version = '0.2.0-alpha.12';
const revisions = ['2026-07-28', '2025-11-25'] as const;
const installMsMax = 10 * 60_000;
const scenarioMsMax = 120_000;
const setMsMax = 15 * 60_000;
const reasonLengthMax = 300;
const client = join(import.meta.dirname, 'conformance-client.ts');

/** What one scenario says of itself. */
export interface Check {
  readonly id: string;
  readonly status: string;
  readonly description?: string;
  readonly errorMessage?: string;
  readonly details?: { readonly message?: string };
}

/** How a set ended. */
export interface SetReport {
  readonly required: readonly string[];
  /** Name of a required scenario that did not pass, to its reason. */
  readonly failed: ReadonlyMap<string, string>;
}

/** The client scenarios that a set requires, by the suite's own frozen list. Throws when it has none. */
export function requiredIn(text: string): readonly string[] {
  const { client: required } = parse(text) as { client?: unknown };
  if (!Array.isArray(required) || required.length === 0)
    throw new Error('the set names no scenario');
  return required.map(String);
}

/**
 * Which required scenarios did not pass: those that the suite does not mark as passed (`✓ name:`) in
 * what it printed. `checksOf` gives the checks of a scenario, or undefined when it left none.
 */
export function reportOf(
  required: readonly string[],
  printed: string,
  checksOf: (scenario: string) => readonly Check[] | undefined,
): SetReport {
  const passed = new Set([...printed.matchAll(/^✓ (\S+):/gm)].map(([, name]) => name));
  const failed = required
    .filter((name) => !passed.has(name))
    .map((name) => [name, reasonOf(checksOf(name))] as const);
  return { required, failed: new Map(failed) };
}

function reasonOf(checks: readonly Check[] | undefined): string {
  if (checks === undefined) return 'it did not run';
  const reasons = checks
    .filter(({ status }) => status === 'FAILURE')
    .map(({ id, errorMessage, description, details }) => {
      return `${id}: ${errorMessage ?? details?.message ?? description ?? 'no reason is given'}`;
    });
  return (reasons.join('; ') || 'the client ended with an error').slice(0, reasonLengthMax);
}

/** The suite's program; installs it first when it is not there. */
function installed(): string {
  const caches = join(homedir(), '.cache', 'opencomputer', 'conformance');
  const target = join(caches, version);
  const program = join('node_modules', ...suite.split('/'), 'dist', 'index.js');
  if (!existsSync(join(target, program))) {
    mkdirSync(caches, { recursive: true });
    const fresh = mkdtempSync(join(caches, 'new-'));
    try {
      const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      const words = ['install', '--prefix', fresh, ...flags, `${suite}@${version}`];
      const { status, error } = spawnSync('npm', words, {
        stdio: 'inherit',
        timeout: installMsMax,
      });
      if (error !== undefined) throw new Error(`npm did not run: ${error.message}`);
      if (status !== 0) throw new Error(`${suite}@${version} was not installed`);
      rmSync(target, { recursive: true, force: true });
      renameSync(fresh, target);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  return join(target, program);
}

function runSet(program: string, revision: string, folder: string): SetReport {
  const command = `"${process.execPath}" "${client}"`;
  const words = ['--command', command, '--requirements', revision];
  const limits = ['--timeout', String(scenarioMsMax), '--output-dir', folder];
  const { stdout, error } = spawnSync(process.execPath, [program, 'client', ...words, ...limits], {
    encoding: 'utf8',
    timeout: setMsMax,
    maxBuffer: 256_000_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error !== undefined) throw new Error(`the suite did not run: ${error.message}`);
  const file = join(dirname(program), '..', 'requirements', `${revision}.yaml`);
  const required = requiredIn(readFileSync(file, 'utf8'));
  return reportOf(required, stdout, (scenario) => checksIn(folder, scenario));
}

/** Results are in folders such as `auth/pre-registration-2026-…`. */
function checksIn(folder: string, scenario: string): readonly Check[] | undefined {
  const path = join(folder, scenario);
  const begin = `${path.slice(dirname(path).length + 1)}-2`;
  if (!existsSync(dirname(path))) return undefined;
  const found = readdirSync(dirname(path)).find((name) => name.startsWith(begin));
  const file = join(dirname(path), found ?? '', 'checks.json');
  if (found === undefined || !existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Check[];
}

function main(): number {
  const program = installed();
  const folder = mkdtempSync(join(tmpdir(), 'mcp-conformance-'));
  let failures = 0;
  try {
    for (const revision of revisions) {
      const { required, failed } = runSet(program, revision, join(folder, revision));
      const passed = required.length - failed.size;
      console.log(`${revision}: ${passed} of ${required.length} required client scenarios pass`);
      for (const [name, reason] of failed) console.log(`  ${name}: ${reason}`);
      failures += failed.size;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return failures === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
