// Owns `agent plugins`: what is installed, its tools, and why one was refused. Refuses to start any.

import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { visibleJson } from '../sanitise.ts';
import { table } from '../table.ts';
import { withAgent } from '../with-agent.ts';

/** Lists plugins with their tools. */
export async function plugins(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    const list = await service.query('plugins', {});
    const { output, environment } = context;
    if (options['json'] === true) {
      output.write(`${visibleJson(list, 2)}\n`);
      return 0;
    }
    const rows = list.flatMap((each) => {
      const head = [each.plugin, each.version, each.tier, each.problem ?? each.state];
      return [head, ...each.tools.map(({ tool, description }) => ['', '', tool, description])];
    });
    if (rows.length === 0) output.write('No plugin is installed.\n');
    else output.write(table(rows, { columns: environment.terminal.columns }));
    return 0;
  });
}
