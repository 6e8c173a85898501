// Owns `agent models remove`: one entry of `models` less in the configuration. Refuses to guess which
// of several is meant, and to delete a model file or a package.

import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import { changeConfiguration } from '../configuration-file.ts';
import { loadConfiguration } from '../configuration.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine } from '../sanitise.ts';
import { noteRunning } from './models-add.ts';

/** Removes a model of the configuration, by its name or by `provider/name`. */
export async function modelsRemove(
  context: CommandContext,
  [name = '']: readonly string[],
): Promise<number> {
  const { environment, output } = context;
  const source = { file: environment.configurationFile, home: environment.homeFolder };
  const { models } = loadConfiguration(source).configuration;
  const found = [...models.entries()].filter(
    ([, { provider, model }]) => name === model || name === `${provider}/${model}`,
  );
  const [first, second] = found;
  if (first === undefined) {
    const remedy = `${source.file} has no such model; one that a variable names goes with it.`;
    throw new AgentError('MODEL_UNKNOWN', { model: sanitiseLine(name), remedy });
  }
  if (second !== undefined) {
    const problem = 'several models have this name';
    const remedy = `Choose one: ${found.map(([index]) => `\`agent config unset models.${index}\``).join(', ')}.`;
    throw new AgentError('OPTION_INVALID', { option: sanitiseLine(name), problem, remedy });
  }
  const [index, { provider, model }] = first;
  const path = models.length === 1 ? ['models'] : ['models', index];
  changeConfiguration(source, [{ path, value: undefined }]);
  output.write(`Removed from ${source.file}: ${model} (${provider}).\n`);
  await noteRunning(context);
  return exitCodes.ok;
}
