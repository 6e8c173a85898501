// Owns reading a text from arguments that the tool's schema has already checked. Refuses to coerce.

import type { JsonObject } from '@opencomputer/contracts';

/** The text of an argument; empty when it is absent. */
export function textIn(input: JsonObject, name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value.trim() : '';
}
