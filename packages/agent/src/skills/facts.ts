// Owns what the assistant says about itself: its abilities from the installed intents, its settings
// from the configuration. Refuses secrets: keys of models are never among the settings.

import type { Configuration } from '@opencomputer/contracts';
import type { InstalledIntent } from '@opencomputer/contracts/internal';

/** One line for each thing that can be asked for, with what people say. */
export function abilitiesOf(intents: readonly InstalledIntent[]): readonly string[] {
  return intents.flatMap(({ declaration }) => {
    if (declaration.when === 'no-model') return [];
    const example = declaration.examples.find((one) => !one.includes('{') && one.includes(' '));
    return [`${declaration.description}${example ? `: "${example}"` : ''}`];
  });
}

/** The settings in force by the keys that change them. */
export function settingsOf(
  configuration: Configuration,
  facts: { readonly model: string | undefined; readonly directory: string },
): readonly (readonly [name: string, value: string])[] {
  const { person, fastPath, budget, folders } = configuration;
  return [
    ['person.name', person.name ?? 'not set'],
    ['person.timeZone', person.timeZone ?? 'that of this machine'],
    ['models', facts.model ?? 'none connected'],
    ['fastPath', fastPath],
    ['budget', `${budget.steps} steps, ${budget.tokens} tokens, ${budget.money} USD a turn`],
    ['folders', folders.join(', ') || 'only the one you work in'],
    ['data directory', facts.directory],
  ];
}
