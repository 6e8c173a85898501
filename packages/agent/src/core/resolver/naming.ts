// Owns the words by which a message says which plugin it is for, as "on my work calendar", and the
// message without them. Refuses to choose the plugin: that is the ranking's.

import type { InstalledIntent } from '@opencomputer/contracts/internal';
import { namedIn } from './candidates.ts';

const preposition = '(?:on|onto|in|into|to|from|using|via|under|at)';
const owner = '(?:my|our|the)';

/** A message in two other wordings, where it names a plugin that competes with another. */
export interface Unnamed {
  /** With the common phrase: "add lunch in acme" is "add lunch in my calendar". */
  readonly common: string;
  /** With spaces in its place, so that every other word is where it was. */
  readonly blank: string;
}

/** The message without names of plugins, or undefined when none of a competing plugin says the place. */
export function withoutNames(
  text: string,
  intents: readonly InstalledIntent[],
): Unnamed | undefined {
  let found: Unnamed = { common: text, blank: text };
  for (const intent of intents) {
    const { name } = intent.declaration;
    const competes = intents.some(
      ({ plugin, declaration }) => declaration.name === name && plugin !== intent.plugin,
    );
    const alias = competes ? namedIn(found.blank, intent) : undefined;
    const subject = name.split('.')[0] ?? name;
    if (alias !== undefined) found = withoutAlias(found, alias, subject);
  }
  return found.blank === text ? undefined : found;
}

/** Only where it says the place: the Acme of "lunch with Acme" is part of the lunch. */
function withoutAlias({ common, blank }: Unnamed, alias: string, subject: string): Unnamed {
  const named = `${alias.split(' ').join("(?:['’]s)?[^\\p{L}\\p{N}]+")}(?:['’]s)?`;
  const kind = `(?:\\s+(?:${subject}s?|list|account|book))?`;
  const placed = new RegExp(
    `(?<![\\p{L}\\p{N}])(${preposition})\\s+(?:${owner}\\s+)?${named}${kind}(?![\\p{L}\\p{N}])[,:]?`,
    'giu',
  );
  const addressed = new RegExp(`^\\s*(?:${owner}\\s+)?${named}${kind}\\s*[:,]\\s*`, 'iu');
  const spaces = (phrase: string): string => ' '.repeat(phrase.length);
  return {
    common: common.replace(addressed, '').replaceAll(placed, `$1 my ${subject}`),
    blank: blank.replace(addressed, spaces).replaceAll(placed, spaces),
  };
}
