// Owns `agent models add`: one more model at the end of the list, where it is a fallback. Refuses to
// ask it anything: `agent doctor` does.

import type { CommandContext } from '../command-context.ts';
import { changeConfiguration } from '../configuration-file.ts';
import { loadConfiguration } from '../configuration.ts';
import type { OptionValues } from '../definitions.ts';

/** Adds a model to the configuration. Throws CONFIG_INVALID for a provider that is none. */
export async function modelsAdd(
  context: CommandContext,
  [provider = '', model = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  const { environment, output } = context;
  const source = { file: environment.configurationFile, home: environment.homeFolder };
  const { models } = loadConfiguration(source).configuration;
  const { url, keyVariable } = options;
  const added = {
    provider,
    model,
    ...(url === undefined ? {} : { url }),
    ...(keyVariable === undefined ? {} : { keyVariable }),
  };
  changeConfiguration(source, [{ path: ['models', models.length], value: added }]);
  output.write(`Saved in ${source.file}. Check it with \`agent doctor\`.\n`);
  return 0;
}
