// Owns the reading of what a person typed to name a plugin, as far as this machine matters to it.
// Refuses to leave a path to another process, which works in another folder.

import { resolve } from 'node:path';
import type { Environment } from '../environment.ts';

const chosenForm = /^((?:[a-z0-9]+(?:[.-][a-z0-9]+)*=)?(?:server:)?)(.*)$/s;
const pathForm = /^(?:\.{0,2}\/|\.\.?$|~\/)/;

/** The same reference with an absolute path, where it is one; all others as they are. */
export function absoluteReference(
  typed: string,
  { workingFolder, homeFolder }: Pick<Environment, 'workingFolder' | 'homeFolder'>,
): string {
  const [, before = '', place = typed] = chosenForm.exec(typed) ?? [];
  if (!pathForm.test(place)) return typed;
  const path = place.startsWith('~/') ? resolve(homeFolder, place.slice(2)) : place;
  return `${before}${resolve(workingFolder, path)}`;
}
