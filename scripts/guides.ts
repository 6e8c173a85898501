// Owns running what the guides tell a person to type: each `sh` block in order, in a home of its own.
// Refuses a block that neither runs nor says in its info string why it is left out (`sh no-run`).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One fenced block of a guide. */
export interface GuideBlock {
  /** Line of its first command, from 1. */
  readonly line: number;
  readonly script: string;
  readonly isRun: boolean;
  /** What its last command must end with. */
  readonly exitCode: number;
}

/** A block that ended otherwise than it says. */
export interface GuideProblem {
  readonly line: number;
  readonly code: number | null;
  readonly output: string;
}

const BLOCK_MS_MAX = 100_000;
const OUTPUT_CHARACTERS_MAX = 20_000;
const root = join(import.meta.dirname, '..');
/** What is typed in a checkout; everything else may leave files where it is typed. */
const ofCheckout = /\bnpm\b|node_modules|examples\//;

/**
 * The `sh` blocks of a guide. The info string is `sh`, `sh exit=4` for a block that ends with that
 * code, or `sh no-run`. Throws for another one, so that a misspelt marker leaves nothing out.
 */
export function blocksOf(guide: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  let open: { readonly line: number; readonly info: string; readonly lines: string[] } | undefined;
  for (const [index, line] of guide.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line)?.[1];
    if (fence === undefined) open?.lines.push(line);
    else if (open === undefined) open = { line: index + 2, info: fence.trim(), lines: [] };
    else {
      const { info, lines } = open;
      const script = lines.join('\n');
      if (/^sh\b/.test(info)) blocks.push({ ...readInfo(info), line: open.line, script });
      open = undefined;
    }
  }
  return blocks;
}

function readInfo(info: string): Pick<GuideBlock, 'isRun' | 'exitCode'> {
  const marker = /^sh(?: (no-run)| exit=(\d{1,3}))?$/.exec(info);
  if (marker === null) throw new Error(`"${info}" is neither sh, sh no-run nor sh exit=CODE`);
  return { isRun: marker[1] === undefined, exitCode: Number(marker[2] ?? 0) };
}

/** Runs the blocks of one guide in order, each as one script; what ended otherwise than it says. */
export async function runGuide(blocks: readonly GuideBlock[]): Promise<GuideProblem[]> {
  const home = mkdtempSync(join(tmpdir(), 'guide-'));
  const problems: GuideProblem[] = [];
  try {
    const environment = prepareHome(home);
    for (const block of blocks.filter(({ isRun }) => isRun)) {
      const cwd = ofCheckout.test(block.script) ? root : home;
      const { code, output } = await runBlock(block.script, { cwd, environment });
      if (code !== block.exitCode) problems.push({ line: block.line, code, output });
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return problems;
}

/** `agent` is the program from the sources; no variable of the machine is seen. */
function prepareHome(home: string): Record<string, string> {
  const bin = join(home, 'bin');
  for (const folder of ['bin', 'Documents']) mkdirSync(join(home, folder));
  const program = join(root, 'packages/cli/src/main.ts');
  writeFileSync(join(bin, 'agent'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'agent'), 0o755);
  return {
    PATH: `${bin}:${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    OPENCOMPUTER_HOME: join(home, 'data'),
  };
}

async function runBlock(
  script: string,
  { cwd, environment }: { readonly cwd: string; readonly environment: Record<string, string> },
): Promise<{ code: number | null; output: string }> {
  const child = spawn('/bin/sh', ['-euc', script], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BLOCK_MS_MAX,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
