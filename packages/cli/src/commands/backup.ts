// Owns `agent backup create`, `list` and `verify`. Refuses to open the data directory while a daemon
// has it: the daemon makes the backup then.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { BackupSummary } from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import { loadConfiguration } from '../configuration.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { createProgress } from '../progress.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { table } from '../table.ts';
import { withAgent } from '../with-agent.ts';
import { count, counted, timeText } from '../wording.ts';
import { givenPassphrase, passphraseFor } from './backup-passphrase.ts';

/** Makes a backup, by the daemon when one runs. */
export async function backupCreate(
  context: CommandContext,
  [file]: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { workingFolder } = context.environment;
  const agent = await import('@opencomputer/agent');
  const path =
    file === undefined
      ? join(backupFolder(context, {}), agent.backupName(context.clock.now()))
      : resolve(workingFolder, file);
  if (existsSync(path)) {
    throw new AgentError('OPTION_INVALID', { option: path, problem: 'it exists already' });
  }
  const key = await keyOf(context, options);
  if (key === undefined) return exitCodes.interrupted;
  const made = await withAgent(context, options, ({ service }) =>
    waiting(context, 'making the backup', () => service.query('backup', { path, key })),
  );
  tellMade(context, options, made);
  return exitCodes.ok;
}

/** Lists the backups of a folder. */
export async function backupList(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { listBackups } = await import('@opencomputer/agent');
  const folder = backupFolder(context, options);
  const found = await listBackups(folder);
  const { output, environment, clock } = context;
  if (options['json'] === true) {
    output.write(`${visibleJson(found, 2)}\n`);
    return exitCodes.ok;
  }
  if (found.length === 0) {
    output.write(`There is no backup in ${folder}. Make one with \`agent backup create\`.\n`);
    return exitCodes.ok;
  }
  const { locale, timeZone, terminal } = environment;
  const time = { now: clock.now(), timeZone, locale };
  const rows = found.map(({ path, createdAt, bytes, version }) => [
    timeText(createdAt, time),
    `${count(bytes)} bytes`,
    `version ${sanitiseLine(version)}`,
    path,
  ]);
  output.write(table(rows, { columns: Math.max(80, terminal.columns) }));
  return exitCodes.ok;
}

/** Reads a whole backup. */
export async function backupVerify(
  context: CommandContext,
  [file = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { path, key } = await openingOf(context, file, options);
  if (key === undefined) return exitCodes.interrupted;
  const { verifyBackup } = await import('@opencomputer/agent');
  const { createdAt, files, bytes, damaged, version } = await waiting(
    context,
    'reading the backup',
    () => verifyBackup(path, key),
  );
  if (options['json'] === true) {
    const facts = { path, createdAt, files, bytes, damaged, version };
    context.output.write(`${visibleJson(facts, 2)}\n`);
  } else {
    const size = `${counted(files, 'file')}, ${count(bytes)} bytes`;
    context.output.write(`${path} is whole: ${size}, of ${isoTime(createdAt)}.\n`);
    tellDamage(context, damaged);
  }
  return exitCodes.ok;
}

/** An existing backup with what opens it; no key when the person left the question. */
export async function openingOf(
  context: CommandContext,
  file: string,
  options: OptionValues,
): Promise<{ readonly path: string; readonly key: string | undefined }> {
  const path = resolve(context.environment.workingFolder, file);
  if (!existsSync(path)) {
    throw new AgentError('OPTION_INVALID', { option: path, problem: 'there is no such file' });
  }
  return { path, key: await passphraseFor(context, options, { isNew: false }) };
}

/** Where backups go: as typed, as configured, or the folder `backups` of the data directory. */
export function backupFolder({ environment }: CommandContext, options: OptionValues): string {
  const { configurationFile: file, homeFolder: home, workingFolder } = environment;
  const typed = options['directory'];
  if (typeof typed === 'string') return resolve(workingFolder, typed);
  const { directory } = loadConfiguration({ file, home }).configuration.backup;
  return directory ?? join(environment.dataDirectory, 'backups');
}

/** Says on the terminal that something takes long. */
export async function waiting<Result>(
  { environment, clock, error }: CommandContext,
  label: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { isError, isDumb, columns } = environment.terminal;
  const isVisible = isError && !isDumb;
  const progress = createProgress({ output: error, clock, columns, isVisible });
  progress.wait(label);
  try {
    return await work();
  } finally {
    progress.end();
  }
}

/** Nobody reads a time to the millisecond, and everybody in every zone reads this one. */
export function isoTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The key of the schedule where one was set up, else that of a passphrase. */
async function keyOf(
  context: CommandContext,
  options: OptionValues,
): Promise<{ salt: string; key: string } | undefined> {
  const agent = await import('@opencomputer/agent');
  const stored = join(context.environment.dataDirectory, agent.backupKeyName);
  if (givenPassphrase(context, options) === undefined && existsSync(stored)) {
    return agent.readKeyFile(stored);
  }
  const passphrase = await passphraseFor(context, options, { isNew: true });
  return passphrase === undefined ? undefined : agent.derivePassphraseKey(passphrase);
}

function tellMade(context: CommandContext, options: OptionValues, made: BackupSummary): void {
  if (options['json'] === true) {
    context.output.write(`${visibleJson(made, 2)}\n`);
    return;
  }
  const size = `${counted(made.files, 'file')}, ${count(made.bytes)} bytes`;
  context.output.write(`Saved ${made.path}: ${size}.\n`);
  tellDamage(context, made.damaged);
  if (dirname(made.path).startsWith(context.environment.dataDirectory)) {
    context.error.write('It lies on the same disk as the data: keep a copy elsewhere.\n');
  }
}

function tellDamage({ error }: CommandContext, damaged: number): void {
  if (damaged === 0) return;
  const places = counted(damaged, 'place');
  error.write(
    `The store had ${places} known to be damaged when it was made: see \`agent doctor\`.\n`,
  );
}
