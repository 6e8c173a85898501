// Owns what choosing a model does to the configuration. Refuses to ask which, and to write.

import type { Configuration } from '@opencomputer/contracts';
import type { ConfigurationChange } from '../configuration-file.ts';

/** The model that a person chose becomes the first one; the others stay as fallbacks. */
export function withModel(
  configuration: Configuration,
  model: Configuration['models'][number],
): ConfigurationChange {
  const others = configuration.models.filter(
    (each) =>
      each.provider !== model.provider || each.model !== model.model || each.url !== model.url,
  );
  return { path: ['models'], value: [model, ...others] };
}
