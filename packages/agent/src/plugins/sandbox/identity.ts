// Owns as whom an enclosed process runs: as root we make it nobody, else it stays who we are.
// Refuses root to every plugin.

import type { MachineFacts } from './machine.ts';

/** A user and a group by their numbers. */
export interface Identity {
  readonly userId: number;
  readonly groupId: number;
}

/** Numbers that systemd and Debian leave for users that are made as needed. */
const USER_ID_MIN = 61_184;
const USER_ID_COUNT = 4_336;

/**
 * The user of a plugin. As root each gets its own, by its name, so that its folders stay its own from
 * one run to the next; two of 4,336 may share one, and are then apart by their namespaces only.
 */
export function identityOf(
  { userId, groupId }: Pick<MachineFacts, 'userId' | 'groupId'>,
  plugin: string,
): Identity {
  if (userId !== 0) return { userId, groupId };
  let sum = 0;
  for (const character of plugin) {
    sum = (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  }
  const own = USER_ID_MIN + (sum % USER_ID_COUNT);
  return { userId: own, groupId: own };
}
