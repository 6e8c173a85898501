// Owns how a command gets the key that it signs with. Refuses keys and passphrases as arguments: only
// files are named.

import { resolve } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { SigningKey } from '@opencomputer/agent/authoring';
import type { CommandContext } from '../command-context.ts';
import { givenPassphrase } from '../commands/backup-passphrase.ts';
import type { OptionValues } from '../definitions.ts';

/** The first line of `--passphrase-file`; that of backups is another one. */
export function keyPassphrase(context: CommandContext, options: OptionValues): string | undefined {
  const environment = { ...context.environment, backupPassphrase: undefined };
  return givenPassphrase({ ...context, environment }, options);
}

/** The key of a file. Throws PLUGIN_SIGNATURE. */
export async function keyOf(
  context: CommandContext,
  file: string,
  options: OptionValues,
): Promise<SigningKey> {
  const { readSigningKey } = await import('@opencomputer/agent/authoring');
  const path = resolve(context.environment.workingFolder, file);
  return readSigningKey(path, keyPassphrase(context, options));
}

/** The value of an option that must be there. Throws OPTION_INVALID. */
export function required(options: OptionValues, name: string, what: string): string {
  const value = options[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AgentError('OPTION_INVALID', { option: `--${name}`, problem: `name ${what}` });
}
