// Owns `agent plugin add`: fetch, show, ask, install. Refuses to install what nobody has read about.

import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { visibleJson } from '../sanitise.ts';
import { withAgent } from '../with-agent.ts';
import { carryOut, outcomeLines } from './consent.ts';
import { planLines } from './plan-view.ts';
import { absoluteReference } from './reference.ts';

/** Installs the plugin that was named; 3 when the person said no. */
export async function pluginAdd(
  context: CommandContext,
  [typed = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  const reference = absoluteReference(typed, context.environment);
  const isJson = options['json'] === true;
  return withAgent(context, options, async ({ service }) => {
    const plan = await service.query('plugin-plan', { reference });
    // Of JSON the output is the result alone; a person still reads what it is about.
    const shown = isJson ? context.error : context.output;
    shown.write(`${planLines(plan).join('\n')}\n`);
    const locked = await carryOut(context, { service, plan, options, question: 'Install?' });
    if (locked === undefined) return exitCodes.denied;
    const lines = await outcomeLines(service, locked, plan);
    shown.write(`${lines.join('\n')}\n`);
    if (isJson) context.output.write(`${visibleJson({ plan, installed: locked }, 2)}\n`);
    return exitCodes.ok;
  });
}
