// Owns `agent backup schedule`: the settings of the daemon's own backups, and the key that it needs
// because nobody types a passphrase then. Refuses to store the passphrase itself.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { changeConfiguration, parseTyped } from '../configuration-file.ts';
import type { ConfigurationChange } from '../configuration-file.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { passphraseFor } from './backup-passphrase.ts';
import { backupFolder } from './backup.ts';
import { noteRunning } from './models-add.ts';

/** Sets the schedule, or ends it. */
export async function backupSchedule(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { environment, output } = context;
  const { configurationFile, homeFolder, dataDirectory } = environment;
  const source = { file: configurationFile, home: homeFolder };
  const { backupKeyName, derivePassphraseKey } = await import('@opencomputer/agent');
  const keyFile = join(dataDirectory, backupKeyName);
  if (options['off'] === true) {
    changeConfiguration(source, [{ path: ['backup', 'every'], value: undefined }]);
    rmSync(keyFile, { force: true });
    output.write('The agent makes no more backups by itself.\n');
    await noteRunning(context);
    return exitCodes.ok;
  }
  const passphrase = await passphraseFor(context, options, { isNew: true });
  if (passphrase === undefined) return exitCodes.interrupted;
  changeConfiguration(source, changesOf(context, options));
  const key = await derivePassphraseKey(passphrase);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(`${keyFile}.new`, `${JSON.stringify(key)}\n`, { mode: 0o600, flush: true });
  renameSync(`${keyFile}.new`, keyFile);
  output.write(`\`agent serve\` makes backups in ${backupFolder(context, options)} from now on.\n`);
  output.write('To restore one, the passphrase is needed: keep it where the data are not.\n');
  await noteRunning(context);
  return exitCodes.ok;
}

function changesOf(context: CommandContext, options: OptionValues): ConfigurationChange[] {
  const { every = '1d', keep, directory } = options;
  const changes: ConfigurationChange[] = [{ path: ['backup', 'every'], value: every }];
  if (typeof keep === 'string') {
    changes.push({ path: ['backup', 'keep'], value: parseTyped(keep) });
  }
  if (typeof directory === 'string') {
    const value = resolve(context.environment.workingFolder, directory);
    changes.push({ path: ['backup', 'directory'], value });
  }
  return changes;
}
