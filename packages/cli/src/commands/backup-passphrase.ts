// Owns where the passphrase of a backup comes from: a file, the environment, or a question. Refuses
// an argument, which every process of the machine could read, and a passphrase that is soon guessed.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';

/** Characters of a new passphrase, at least. */
export const passphraseCharactersMin = 8;
const fileBytesMax = 4_096;

/** How it is asked for. */
export interface PassphraseQuestion {
  /** A new one is typed twice and must have some length. */
  readonly isNew: boolean;
  /** Absent: the terminal of the process. */
  readonly streams?: { readonly input: Readable; readonly output: Writable };
}

/**
 * The passphrase. Throws TERMINAL_MISSING where nobody can be asked, OPTION_INVALID for a file or
 * a new passphrase that is not good; undefined when the person left the question.
 */
export async function passphraseFor(
  context: CommandContext,
  options: OptionValues,
  question: PassphraseQuestion,
): Promise<string | undefined> {
  const given = givenPassphrase(context, options);
  if (given !== undefined) return question.isNew ? checked(given) : given;
  const { isInput, isError } = context.environment.terminal;
  if (!isInput || !isError || context.environment.isUnattended) {
    const remedy = 'Use --passphrase-file, or set OPENCOMPUTER_BACKUP_PASSPHRASE.';
    throw new AgentError('TERMINAL_MISSING', { remedy });
  }
  return ask(question);
}

/** What was given by file or environment, the file first. */
export function givenPassphrase(
  { environment }: CommandContext,
  options: OptionValues,
): string | undefined {
  const file = options['passphraseFile'];
  if (typeof file !== 'string') return environment.backupPassphrase;
  const option = '--passphrase-file';
  try {
    const content = readFileSync(resolve(environment.workingFolder, file));
    const [line = ''] = content.subarray(0, fileBytesMax).toString('utf8').split(/\r?\n/, 1);
    if (line !== '') return line;
  } catch (error) {
    const problem = `${file} cannot be read`;
    throw new AgentError('OPTION_INVALID', { option, problem }, { cause: error });
  }
  throw new AgentError('OPTION_INVALID', { option, problem: `the first line of ${file} is empty` });
}

function checked(passphrase: string): string {
  const problem = tooShort(passphrase);
  if (problem === undefined) return passphrase;
  throw new AgentError('OPTION_INVALID', { option: 'the passphrase', problem });
}

function tooShort(passphrase: string | undefined): string | undefined {
  if ((passphrase ?? '').length >= passphraseCharactersMin) return undefined;
  return `it needs at least ${passphraseCharactersMin} characters`;
}

async function ask({ isNew, streams }: PassphraseQuestion): Promise<string | undefined> {
  const { isCancel, password } = await import('@clack/prompts');
  const message = isNew
    ? 'New passphrase for backups (without it they cannot be restored)'
    : 'Passphrase of the backup';
  const first = await password({ ...streams, message, ...(isNew && { validate: tooShort }) });
  if (isCancel(first)) return undefined;
  if (!isNew) return first;
  const second = await password({
    ...streams,
    message: 'The same again',
    validate: (typed) => (typed === first ? undefined : 'It is not the same'),
  });
  return isCancel(second) ? undefined : first;
}
