// Owns `agent models`: what can answer, which one does, and what to do when there is none. Refuses
// to call any of them.

import type { ModelSummary } from '@opencomputer/contracts/internal';
import { errorTable } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { visibleJson } from '../sanitise.ts';
import { table } from '../table.ts';
import { count } from '../wording.ts';
import { withAgent } from '../with-agent.ts';

/** One line: there is no model, how to connect one, and that much works without. */
export const MODEL_MISSING_LINE: string = `${errorTable.MODEL_MISSING.message} ${errorTable.MODEL_MISSING.remedy}`;

/** Lists the models; ends with the code for "no model" when there is none. */
export async function models(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    const list = await service.query('models', {});
    const { output, error, environment } = context;
    if (options['json'] === true) output.write(`${visibleJson(list, 2)}\n`);
    else if (list.length > 0) output.write(modelTable(list, environment.terminal.columns));
    if (list.length > 0) return exitCodes.ok;
    error.write(`agent: ${MODEL_MISSING_LINE} [MODEL_MISSING]\n`);
    return exitCodes.modelMissing;
  });
}

/** Models with their state; `*` marks the one that answers. */
export function modelTable(list: readonly ModelSummary[], columns: number): string {
  const rows = list.map((each) => [
    each.current ? '*' : ' ',
    each.model,
    each.provider,
    each.state,
    each.contextTokens > 0 ? `${count(each.contextTokens)} tokens` : '',
  ]);
  return table([['', 'model', 'provider', 'state', 'window'], ...rows], { columns });
}
