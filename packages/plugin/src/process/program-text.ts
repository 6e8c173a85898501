// Owns what a person reads of a program that was run: its output and how it ended. Refuses to judge
// whether that end is a success.

import type { ProgramResult } from './program.ts';

/** What the caller knows and the result does not. */
export interface ProgramTextOptions {
  /** Time limit that the program had, in milliseconds. */
  readonly limitMs: number;
  /** Said of a program that ended with exit code 0 and wrote nothing. */
  readonly silent: string;
}

/** The output as a code block, before or after it in a line how the program ended. */
export function programText(result: ProgramResult, options: ProgramTextOptions): string {
  const { ended, exitCode } = result;
  const output = result.output.trimEnd();
  const shown = output === '' ? '' : fenced(output);
  if (ended === 'cancelled') return lines('Stopped before it ended.', shown);
  if (ended === 'time') return lines(`Stopped after ${options.limitMs / 1000} s.`, shown);
  if (exitCode !== 0) return lines(shown, `It ended with exit code ${exitCode}.`);
  return shown === '' ? options.silent : shown;
}

function lines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

/** A code block whose marks are longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}
