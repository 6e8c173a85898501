// Owns the names of the keys that the configuration knows, read from its schema. Refuses a second
// list of them: a key that the schema gains is known here too.

import { configuration } from '@opencomputer/contracts';
import { nearest } from './nearest.ts';

/** A part of JSON Schema, as far as names of keys need it. */
interface KeySchema {
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: KeySchema | boolean;
  readonly items?: KeySchema;
}

/** A key that the schema does not have. */
export interface UnknownKey {
  readonly path: readonly (string | number)[];
  /** The known key that was probably meant. */
  readonly meant: string | undefined;
}

/** A path as people write it: `budget.steps`, `models.0.url`. */
export type KeyPath = readonly (string | number)[];

/** Every key of `value` that the configuration does not know. */
export function unknownKeys(value: unknown): UnknownKey[] {
  const found: UnknownKey[] = [];
  visit({ schema: schema(), value, path: [] }, found);
  return found;
}

/** Whether a path could hold a value, e.g. `plugins.anything.command`. */
export function isKnownPath(path: KeyPath): boolean {
  let current: KeySchema | undefined = schema();
  for (const part of path) current = childOf(current, part);
  return current !== undefined;
}

/** The known path nearest to a mistyped one, as text. */
export function nearestPath(path: KeyPath): string | undefined {
  return nearest(path.join('.'), topicsOf(schema(), '', 3));
}

/** `budget.steps` as a path; parts that are whole numbers index lists. */
export function parsePath(text: string): KeyPath {
  return text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function schema(): KeySchema {
  return configuration.toJSONSchema({ io: 'input' }) as KeySchema;
}

function visit(
  at: { schema: KeySchema; value: unknown; path: KeyPath },
  found: UnknownKey[],
): void {
  if (typeof at.value !== 'object' || at.value === null) return;
  const entries: [string | number, unknown][] = Array.isArray(at.value)
    ? [...(at.value as unknown[]).entries()]
    : Object.entries(at.value);
  for (const [key, value] of entries) {
    const path = [...at.path, key];
    const child = childOf(at.schema, key);
    if (child !== undefined) visit({ schema: child, value, path }, found);
    else if (at.schema.properties !== undefined) {
      found.push({ path, meant: nearest(String(key), Object.keys(at.schema.properties)) });
    }
  }
}

function childOf(parent: KeySchema | undefined, key: string | number): KeySchema | undefined {
  if (typeof key === 'number') return parent?.items;
  const named = parent?.properties;
  if (named !== undefined) return Object.hasOwn(named, key) ? named[key] : undefined;
  const others = parent?.additionalProperties;
  return typeof others === 'object' ? others : undefined;
}

function topicsOf(parent: KeySchema, prefix: string, depth: number): string[] {
  if (depth === 0) return [];
  return Object.entries(parent.properties ?? {}).flatMap(([key, child]) => [
    `${prefix}${key}`,
    ...topicsOf(child, `${prefix}${key}.`, depth - 1),
  ]);
}
