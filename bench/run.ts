// Owns the command `bench NAME… [options] [--json]`: loads each bench by its name, prints the metrics.
// Refuses to know what a bench measures.

import { existsSync, readdirSync } from 'node:fs';

type Metrics = Record<string, number>;
type Bench = { readonly run: (options: readonly string[]) => Promise<Metrics> };

const here = import.meta.dirname;

function available(): string[] {
  return readdirSync(here)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((name) => /^[a-z][a-z-]*$/.test(name));
}

/** Names come first; everything from the first option on is given to each bench. */
function split(words: readonly string[]): { names: string[]; options: string[] } {
  const first = words.findIndex((word) => word.startsWith('-'));
  const end = first < 0 ? words.length : first;
  return { names: words.slice(0, end), options: words.slice(end) };
}

function table(metrics: Metrics): string {
  const width = Math.max(0, ...Object.keys(metrics).map((name) => name.length));
  return Object.entries(metrics)
    .map(([name, value]) => `${name.padEnd(width)}  ${Number(value.toPrecision(6))}`)
    .join('\n');
}

async function main(words: readonly string[]): Promise<number> {
  const { names, options } = split(words.filter((word) => word !== '--json'));
  const unknown = names.find((name) => !existsSync(`${here}/${name}.ts`) || name === 'run');
  if (names.length === 0 || unknown !== undefined) {
    const problem = unknown === undefined ? 'Name a bench' : `There is no bench "${unknown}"`;
    console.error(`${problem}. Benches: ${available().join(', ')}.`);
    return 2;
  }
  const metrics: Metrics = {};
  for (const name of names) {
    const bench = (await import(`./${name}.ts`)) as Bench;
    Object.assign(metrics, await bench.run(options));
  }
  console.log(words.includes('--json') ? JSON.stringify({ metrics }) : table(metrics));
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
