// Owns the commands that change an installed plugin by its name: on and off, pinned or not, forward,
// back and away. Refuses to guess a name.

import type { LockedPlugin, PluginChange } from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine } from '../sanitise.ts';
import { withAgent } from '../with-agent.ts';

type Command = (
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
) => Promise<number>;

/** Each says what has become of the plugin. */
export const pluginEnable: Command = changing('enable', ({ name }) => `${name} runs again.`);
export const pluginDisable: Command = changing(
  'disable',
  ({ name }) => `${name} runs no more until it is enabled.`,
);
export const pluginPin: Command = changing(
  'pin',
  ({ name, version }) => `${name} stays at ${version}.`,
);
export const pluginUnpin: Command = changing('unpin', ({ name }) => `${name} can be updated.`);
export const pluginRollback: Command = changing(
  'roll-back',
  ({ name, version }) => `${name} is at ${version} again.`,
);
export const pluginPromote: Command = changing(
  'promote',
  ({ name, version }) => `${name} is at ${version} for all calls.`,
);

/** Removes a plugin with its secrets. */
export async function pluginRemove(
  context: CommandContext,
  [plugin = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    await service.query('plugin-remove', { plugin });
    const kept = 'Its data stay, for when it comes back.';
    context.output.write(`${sanitiseLine(`${plugin} was removed, with its secrets. ${kept}`)}\n`);
    return exitCodes.ok;
  });
}

function changing(change: PluginChange, said: (plugin: LockedPlugin) => string): Command {
  return async (context, [plugin = ''], options) =>
    withAgent(context, options, async ({ service }) => {
      const changed = await service.query('plugin-change', { plugin, change });
      context.output.write(`${sanitiseLine(said(changed))}\n`);
      return exitCodes.ok;
    });
}
