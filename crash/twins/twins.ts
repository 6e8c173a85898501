// Owns the running of negative twins: a copy of the sources without one guard, and the parts of the
// harness over it. Refuses a twin that passes, and one that fails anything beside its own assertion.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { CrashOptions } from '../options.ts';
import type { PartResult, Surroundings } from '../part.ts';
import { createProgress } from '../progress.ts';
import type { Violation } from '../story/account.ts';
import { sabotages } from './sabotages.ts';
import type { Sabotage } from './sabotages.ts';

const root = join(import.meta.dirname, '..', '..');
const programs = { simulation: 'crash/simulation/simulate.ts', store: 'crash/store/store.ts' };
/** Simulated hours, and bits flipped, in which each twin is noticed. */
const amounts = { simulation: '60', store: '40' };
const seed = '1';

/** What was violated, by assertion. */
export interface TwinResult {
  readonly sabotage: Sabotage;
  readonly violated: ReadonlyMap<string, number>;
}

/** True when exactly the named assertion failed. */
export function isNoticed({ sabotage, violated }: TwinResult): boolean {
  return violated.size === 1 && violated.has(sabotage.fails);
}

/** Runs one twin in a folder of its own. Throws when its place in the source is not there once. */
export async function runTwin(sabotage: Sabotage): Promise<TwinResult> {
  const folder = mkdtempSync(join(tmpdir(), 'oc-twin-'));
  try {
    mkdirSync(join(folder, 'packages', 'agent'), { recursive: true });
    for (const part of ['packages/agent/src', 'packages/agent/package.json', 'crash']) {
      cpSync(join(root, part), join(folder, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    const file = join(folder, 'packages/agent/src', sabotage.file);
    writeFileSync(file, sabotaged(readFileSync(file, 'utf8'), sabotage));
    const violations = await violationsOf(folder, sabotage.by);
    const violated = new Map<string, number>();
    for (const { assertion } of violations) {
      violated.set(assertion, (violated.get(assertion) ?? 0) + 1);
    }
    return { sabotage, violated };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The source without the guard. Throws when the place is not there exactly once. */
export function sabotaged(source: string, { name, file, from, to }: Sabotage): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`twin "${name}": its place is ${parts.length - 1} times in ${file}`);
  }
  return parts.join(to);
}

async function violationsOf(folder: string, by: Sabotage['by']): Promise<readonly Violation[]> {
  const child = spawn(process.execPath, [join(folder, programs[by]), seed, amounts[by]], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaint] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  try {
    return (JSON.parse(output) as { violations: readonly Violation[] }).violations;
  } catch {
    throw new Error(`the twin did not run: ${complaint.slice(-2_000)}`);
  }
}

/** The part of the harness: every twin of this shard. */
export async function twins({ shard }: CrashOptions, { print }: Surroundings): Promise<PartResult> {
  const mine = sabotages.filter((_, index) => index % shard.of === shard.part - 1);
  const progress = createProgress({
    unit: 'twins',
    of: mine.length,
    print,
    now: () => performance.now(),
  });
  let right = 0;
  for (const [index, sabotage] of mine.entries()) {
    const result = await runTwin(sabotage);
    const found = [...result.violated].map(([name, count]) => `${name} ${count} times`).join(', ');
    const isRight = isNoticed(result);
    right += isRight ? 1 : 0;
    print(
      `without "${sabotage.name}": ${found || 'nothing'} failed` +
        (isRight ? '' : `, and ${sabotage.fails} alone should have`),
    );
    progress(index + 1);
  }
  const figure = `${right} of ${mine.length}`;
  return {
    isClean: right === mine.length,
    figures: [['twins that fail exactly their own assertion', figure]],
  };
}
