// Owns `agent sessions`: the conversations, the latest first, with the command that continues one.
// Refuses their content beyond the first words.

import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { visibleJson } from '../sanitise.ts';
import { table } from '../table.ts';
import { count, timeText } from '../wording.ts';
import { withAgent } from '../with-agent.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000;

/** Lists conversations. */
export async function sessions(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const limit = limitOf(options);
  return withAgent(context, options, async ({ service, timeZone }) => {
    const list = await service.query('conversations', { limit });
    if (options['json'] === true) {
      context.output.write(`${visibleJson(list, 2)}\n`);
      return 0;
    }
    if (list.length === 0) {
      context.output.write('There is no conversation yet. Start one with `agent`.\n');
      return 0;
    }
    const { locale, terminal } = context.environment;
    const time = { now: context.clock.now(), timeZone, locale };
    const rows = list.map(({ conversation, lastAt, turns, title }) => [
      conversation,
      timeText(lastAt, time),
      `${count(turns)} ${turns === 1 ? 'turn' : 'turns'}`,
      title,
    ]);
    context.output.write(table(rows, { columns: terminal.columns }));
    if (terminal.isOutput) context.error.write('Continue one with `agent --resume <id>`.\n');
    return 0;
  });
}

function limitOf(options: OptionValues): number {
  const typed = options['limit'];
  if (typeof typed !== 'string') return LIMIT_DEFAULT;
  const limit = Number(typed);
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  const problem = `expected a whole number from 1 to ${LIMIT_MAX}`;
  throw new AgentError('OPTION_INVALID', { option: '--limit', problem });
}
