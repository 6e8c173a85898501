// Owns `agent backup restore`. Refuses to hide what is not said or done again: it lists it.

import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { count, counted, shorten } from '../wording.ts';
import { isoTime, openingOf, waiting } from './backup.ts';

const words = { reply: 'not sent again', message: 'not worked on', reminder: 'missed' } as const;
/** Characters of one text in the list. */
const textUnitsMax = 70;

/** Restores a backup into the data directory of this command. */
export async function backupRestore(
  context: CommandContext,
  [file = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { environment, output, agent } = context;
  const directory = environment.dataDirectory;
  const running = await agent.running();
  if (running !== undefined) {
    await running.stop();
    throw new AgentError('STORE_LOCKED', { directory, holder: 'the agent that runs' });
  }
  const { path, key } = await openingOf(context, file, options);
  if (key === undefined) return exitCodes.interrupted;
  const { finishRestore, restoreBackup } = await import('@opencomputer/agent');
  const finished = await finishRestore(directory);
  if (finished !== undefined) context.error.write(`${finished}\n`);
  const replace = options['replace'] === true;
  const { held, kept, createdAt, files, bytes } = await waiting(context, 'restoring', () =>
    restoreBackup({ file: path, key, directory, replace }),
  );
  if (options['json'] === true) {
    const facts = { directory, createdAt, files, bytes, kept, held };
    output.write(`${visibleJson(facts, 2)}\n`);
    return exitCodes.ok;
  }
  const size = `${counted(files, 'file')}, ${count(bytes)} bytes`;
  output.write(`Restored ${directory} as of ${isoTime(createdAt)}: ${size}.\n`);
  if (kept !== undefined) output.write(`What was there before is in ${kept}.\n`);
  if (held.length > 0) {
    output.write('The backup held what may have been said or done since:\n');
    for (const { kind, at, text } of held) {
      const shown = text === '' ? '(cannot be read)' : shorten(sanitiseLine(text), textUnitsMax);
      output.write(`  ${words[kind]}: ${kind} of ${isoTime(at)}: ${shown}\n`);
    }
    output.write('Messages and replies among them wait: see `agent pending`.\n');
  }
  output.write('Packages of models are not in a backup: see `agent doctor`.\n');
  return exitCodes.ok;
}
