// Owns the options of the command: which programs run, in which sandbox, how the table is printed.
// Refuses what it does not know.

import { parseArgs } from 'node:util';

export const sandboxNames = ['bubblewrap', 'container', 'process'] as const;
export type SandboxName = (typeof sandboxNames)[number];

export interface EscapeOptions {
  /** Only the programs that `npm test` runs. */
  readonly isQuick: boolean;
  readonly isJson: boolean;
  /** Identifiers, or classes; empty: all. */
  readonly only: readonly string[];
  /** Absent: what the machine has. */
  readonly sandbox: SandboxName | undefined;
  readonly seed: number;
}

/** Reads the words after `npm run test:escape --`. Throws for unknown words. */
export function readOptions(words: readonly string[], seed: number): EscapeOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      sandbox: { type: 'string' },
      seed: { type: 'string', default: String(seed) },
    },
  });
  const number = Number(values.seed);
  if (values.seed === '' || !(number >= 0)) {
    throw new Error(`--seed ${values.seed}: expected a number`);
  }
  return {
    isQuick: values.quick,
    isJson: values.json,
    only: values.only,
    sandbox: readSandbox(values.sandbox),
    seed: number,
  };
}

function readSandbox(name: string | undefined): SandboxName | undefined {
  if (name === undefined) return undefined;
  const found = sandboxNames.find((each) => each === name);
  if (found !== undefined) return found;
  throw new Error(`--sandbox ${name}: expected ${sandboxNames.join(', ')}`);
}
