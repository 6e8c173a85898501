// Owns `agent init`: a model, a name, a zone, folders; by questions, or by options where there is no
// terminal. Refuses to change what was not asked for: running it again keeps everything else.

import { AgentError } from '@opencomputer/contracts';
import type { Configuration } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import { changeConfiguration } from '../configuration-file.ts';
import type { ConfigurationChange } from '../configuration-file.ts';
import { loadConfiguration } from '../configuration.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { withModel } from './model-choice.ts';

/** Sets the agent up. */
export async function init(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { environment, output } = context;
  const source = { file: environment.configurationFile, home: environment.homeFolder };
  const { configuration } = loadConfiguration(source);
  let changes = changesOf(options, configuration);
  if (changes.length === 0) {
    const { isInput, isOutput } = environment.terminal;
    if (!isInput || !isOutput || environment.isUnattended) {
      const remedy = 'Run it in a terminal, or pass options: see `agent init --help`.';
      throw new AgentError('TERMINAL_MISSING', { remedy });
    }
    const { askChanges } = await import('./init-questions.ts');
    const answered = await askChanges({ configuration, environment });
    if (answered === undefined) return exitCodes.interrupted;
    changes = answered;
  }
  if (changes.length === 0) output.write('Nothing was changed.\n');
  else {
    changeConfiguration(source, changes);
    output.write(`Saved in ${source.file}. Check it with \`agent doctor\`.\n`);
  }
  return exitCodes.ok;
}

function changesOf(options: OptionValues, configuration: Configuration): ConfigurationChange[] {
  const changes: ConfigurationChange[] = [];
  const { provider, model, url, keyVariable, name, timeZone, folder } = options;
  if (provider !== undefined || model !== undefined) {
    if (typeof provider !== 'string' || typeof model !== 'string') {
      const problem = '--provider and --model are needed together';
      throw new AgentError('OPTION_INVALID', { option: '--model', problem });
    }
    const chosen = {
      provider,
      model,
      ...(typeof url === 'string' ? { url } : {}),
      ...(typeof keyVariable === 'string' ? { keyVariable } : {}),
    };
    // Whether the provider is one is checked with the whole file, before it is written.
    changes.push(withModel(configuration, chosen as Configuration['models'][number]));
  } else if (url !== undefined || keyVariable !== undefined) {
    const problem = 'needs --provider and --model';
    throw new AgentError('OPTION_INVALID', { option: url ? '--url' : '--key-variable', problem });
  }
  if (name !== undefined) changes.push({ path: ['person', 'name'], value: name });
  if (timeZone !== undefined) changes.push({ path: ['person', 'timeZone'], value: timeZone });
  if (folder !== undefined) changes.push({ path: ['folders'], value: folder });
  return changes;
}
