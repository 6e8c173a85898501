// Owns `agent doctor --repair`: saving what is intact of a damaged database, and telling what was
// lost. Refuses to take a backup by itself: it names the last good one.

import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { table } from '../table.ts';
import { count } from '../wording.ts';
import { backupFolder, isoTime, waiting } from './backup.ts';

/** Repairs the database of this data directory; the exit code is 1 when rows were lost. */
export async function repair(context: CommandContext, options: OptionValues): Promise<number> {
  const { environment, output, agent } = context;
  const directory = environment.dataDirectory;
  const running = await agent.running();
  if (running !== undefined) {
    await running.stop();
    throw new AgentError('STORE_LOCKED', { directory, holder: 'the agent that runs' });
  }
  const { repairDatabase, listBackups } = await import('@opencomputer/agent');
  const [last] = await listBackups(backupFolder(context, {}));
  const repaired = await waiting(context, 'saving what is intact', () =>
    repairDatabase(directory),
  ).catch((error: unknown) => {
    if (last !== undefined && options['json'] !== true) {
      output.write(offer(last.path, last.createdAt));
    }
    throw error;
  });
  const { tables, damaged } = repaired;
  const lost = tables.reduce((sum, each) => sum + each.lost, 0);
  if (options['json'] === true) {
    output.write(`${visibleJson({ ...repaired, lost, backup: last?.path }, 2)}\n`);
  } else {
    const rows = tables.map((each) => [
      sanitiseLine(each.table),
      `${count(each.kept)} kept`,
      `${count(each.lost)} lost`,
      each.mended === undefined ? '' : `${count(each.mended)} with a state that was set again`,
    ]);
    output.write(table(rows, { columns: Math.max(80, environment.terminal.columns) }));
    output.write(`The damaged files are in ${damaged}.\n`);
    if (lost > 0 && last !== undefined) output.write(offer(last.path, last.createdAt));
  }
  return lost > 0 ? exitCodes.failed : exitCodes.ok;
}

function offer(path: string, createdAt: number): string {
  const words = `agent backup restore --replace ${path}`;
  return `The last backup is of ${isoTime(createdAt)}. Verify it, or restore it with \`${words}\`.\n`;
}
