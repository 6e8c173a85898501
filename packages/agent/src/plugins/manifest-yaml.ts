// Owns the validation of a manifest that a person wrote: where a value is wrong and what was
// expected. Refuses a wrong value; an unknown key is a warning with the nearest known one.

import * as z from 'zod';
import { manifest as manifestSchema } from '@opencomputer/contracts';
import type { Manifest } from '@opencomputer/contracts';
import { isList, isObject } from './json-object.ts';
import { checkDocument, parseYaml } from './located-document.ts';
import type { LocatedDocument, ValuePath } from './located-document.ts';

/** A valid manifest with the warnings that a person should see. */
export interface ParsedManifest {
  readonly manifest: Manifest;
  readonly warnings: readonly string[];
}

/** Longest path into a manifest; deeper values are arguments of schemas, which have no fixed keys. */
const DEPTH_MAX = 12;

/** Parses and validates YAML (or JSON). Throws PLUGIN_MANIFEST: file and line, key, expectation. */
export function parseManifest(text: string, file: string): ParsedManifest {
  return checkManifest(parseYaml(text, file));
}

/** Validates what was parsed. Throws PLUGIN_MANIFEST: file and line, key, expectation. */
export function checkManifest(document: LocatedDocument): ParsedManifest {
  const { value, unknown } = withoutUnknownKeys(document.value);
  const warnings = unknown.map(({ path, nearest }) => {
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    return `${document.file}:${document.lineOf(path)}: unknown key "${path.join('.')}"${hint}`;
  });
  const manifest = checkDocument({ ...document, value }, manifestSchema, 'the manifest');
  return { manifest, warnings };
}

interface UnknownKey {
  readonly path: ValuePath;
  readonly nearest: string | undefined;
}

/** The value without the keys that the schema does not know, and those keys. */
function withoutUnknownKeys(value: unknown): { value: unknown; unknown: UnknownKey[] } {
  const unknown: UnknownKey[] = [];
  const schema = z.toJSONSchema(manifestSchema, { io: 'input' }) as unknown;
  const walk = (part: unknown, shape: unknown, path: ValuePath): unknown => {
    if (path.length > DEPTH_MAX || !isObject(shape)) return part;
    if (isList(part)) return part.map((entry, at) => walk(entry, shape['items'], [...path, at]));
    if (!isObject(part)) return part;
    const { properties, additionalProperties } = shape;
    const kept: [string, unknown][] = [];
    for (const [key, member] of Object.entries(part)) {
      const inner = [...path, key];
      if (!isObject(properties)) kept.push([key, walk(member, additionalProperties, inner)]);
      else if (Object.hasOwn(properties, key))
        kept.push([key, walk(member, properties[key], inner)]);
      else unknown.push({ path: inner, nearest: nearestKey(key, Object.keys(properties)) });
    }
    return Object.fromEntries(kept);
  };
  return { value: walk(value, schema, []), unknown };
}

/** The known key with the fewest edits, when it is near enough to have been meant. */
function nearestKey(key: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(key.length / 3));
  const scored = known.map((name) => ({ name, edits: editDistance(key, name) }));
  const best = scored.toSorted((left, right) => left.edits - right.edits)[0];
  return best !== undefined && best.edits <= limit ? best.name : undefined;
}

/** Insertions, deletions and replacements between two words (Levenshtein). */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let at = 1; at <= left.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= right.length; to += 1) {
      const replaced = (row[to - 1] ?? 0) + (left[at - 1] === right[to - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
