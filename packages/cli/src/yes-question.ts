// Owns the question that a yes or a no answers, on a terminal. Refuses to take anything but a yes for
// one, and to ask where nobody is.

import { createInterface } from 'node:readline';
import type { CommandContext } from './command-context.ts';

/** True when somebody is there to answer. */
export function canAsk({ environment }: Pick<CommandContext, 'environment'>): boolean {
  const { isInput, isError } = environment.terminal;
  return isInput && isError && !environment.isUnattended;
}

/** Asks for a yes; everything else, and nothing, is a no. */
export async function agrees(
  { input, error }: Pick<CommandContext, 'input' | 'error'>,
  question: string,
): Promise<boolean> {
  const lines = createInterface({ input, terminal: false });
  error.write(`${question} [y/N] `);
  try {
    const typed = await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
    });
    return /^\s*y(es)?\s*$/i.test(typed);
  } finally {
    lines.close();
  }
}
