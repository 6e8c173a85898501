// Owns `agent plugin update`: one plugin or all of them, asking only about what is new. Refuses to let
// one that fails hide the others.

import { AgentError } from '@opencomputer/contracts';
import type { AgentService } from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodeOf, exitCodes, failureText, shownError } from '../failure.ts';
import { sanitiseLine } from '../sanitise.ts';
import { withAgent } from '../with-agent.ts';
import { carryOut, outcomeLines } from './consent.ts';
import { updateLines } from './plan-view.ts';

/** Updates a plugin, or with `--all` each that is not pinned. */
export async function pluginUpdate(
  context: CommandContext,
  [name]: readonly string[],
  options: OptionValues,
): Promise<number> {
  const isAll = options['all'] === true;
  if ((name === undefined) !== isAll) {
    throw new AgentError('OPTION_INVALID', { option: '[plugin]', problem: 'name one, or --all' });
  }
  return withAgent(context, options, async ({ service }) => {
    if (name !== undefined) return updateOne(context, { service, options, name });
    return updateAll(context, service, options);
  });
}

async function updateAll(
  context: CommandContext,
  service: AgentService,
  options: OptionValues,
): Promise<number> {
  const installed = await service.query('plugin-list', {});
  if (installed.length === 0) context.output.write('No plugin was installed.\n');
  let exitCode: number = exitCodes.ok;
  for (const { name, pinned } of installed) {
    if (pinned) {
      context.output.write(`${name} is pinned.\n`);
      continue;
    }
    try {
      exitCode = Math.max(exitCode, await updateOne(context, { service, options, name }));
    } catch (error) {
      const shown = shownError(error);
      context.error.write(`${sanitiseLine(name)}: ${failureText(shown)}\n`);
      exitCode = Math.max(exitCode, exitCodeOf(shown.code));
    }
  }
  return exitCode;
}

async function updateOne(
  context: CommandContext,
  given: {
    readonly service: AgentService;
    readonly options: OptionValues;
    readonly name: string;
  },
): Promise<number> {
  const { service, options, name } = given;
  const plan = await service.query('plugin-plan-update', { plugin: name });
  if (plan.isInstalled) {
    context.output.write(sanitiseLine(`${name} ${plan.version} is the newest there is.`) + '\n');
    return exitCodes.ok;
  }
  context.output.write(`${updateLines(plan).join('\n')}\n`);
  const locked = await carryOut(context, { service, plan, options });
  if (locked === undefined) return exitCodes.denied;
  context.output.write(`${(await outcomeLines(service, locked, plan)).join('\n')}\n`);
  return exitCodes.ok;
}
