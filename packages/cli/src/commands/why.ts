// Owns `agent why`: the steps of a turn, each with when it happened. Refuses to interpret them.

import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { styleFor } from '../style.ts';
import { duration } from '../wording.ts';
import { withAgent } from '../with-agent.ts';

/** Explains one turn, or the last one. */
export async function why(
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    const [turn] = operands;
    const steps = await service.query('why', turn === undefined ? {} : { turn });
    if (options['json'] === true) {
      context.output.write(`${visibleJson(steps, 2)}\n`);
      return 0;
    }
    if (steps.length === 0) context.output.write('There is no turn yet.\n');
    const { terminal } = context.environment;
    const style = styleFor(terminal.isColoured);
    const began = steps[0]?.at ?? 0;
    for (const { at, name, text } of steps) {
      const elapsed = style.dim(`+${duration(at - began)}`.padStart(8));
      context.output.write(`${elapsed}  ${style.bold(name)}  ${sanitiseLine(text)}\n`);
    }
    return 0;
  });
}
