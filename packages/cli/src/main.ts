// Owns the entry of the program: the version at once, everything else loaded on demand. Refuses
// imports of its own beyond the version, since every command pays for them.

import { VERSION } from './version.ts';

/** Runs one command line and resolves to the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const [{ runProgram }, { processContext }] = await Promise.all([
    import('./program.ts'),
    import('./process-context.ts'),
  ]);
  return runProgram(words, processContext());
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
