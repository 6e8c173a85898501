// Owns the guard that every reader of foreign data starts with. Refuses arrays and null.

import type { JsonObject } from '@opencomputer/contracts';

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for an array; its members are still unknown. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
