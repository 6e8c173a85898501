// Owns what of a third party's JSON Schema is checked here: types, names, bounds and plain choices, in
// bounded steps. Refuses to run its patterns and references, or code made of it: those the server checks.

import type { Json, JsonObject } from '@opencomputer/contracts';
import { isList, isObject } from './json-object.ts';

/** Characters of one schema as JSON. */
const SCHEMA_CHARACTERS_MAX = 100_000;
export const SCHEMA_DEPTH_MAX = 32;
/** Comparisons of one check; what is left then is left to the server. */
export const CHECK_STEPS_MAX = 200_000;

/** Why a schema is not taken at all; undefined for one within the limits. */
export function schemaProblem(schema: JsonObject): string | undefined {
  let level: readonly unknown[] = [schema];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === SCHEMA_DEPTH_MAX) {
      return `its schema is more than ${SCHEMA_DEPTH_MAX} levels deep`;
    }
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  if (JSON.stringify(schema).length <= SCHEMA_CHARACTERS_MAX) return undefined;
  return `its schema is longer than ${SCHEMA_CHARACTERS_MAX} characters`;
}

/**
 * The first thing wrong with arguments, in words for a model; undefined = nothing that is checked
 * here. It finds no fault that the whole schema would not find.
 */
export function foreignProblem(schema: JsonObject, input: JsonObject): string | undefined {
  return problemOf(schema, input, { path: [], steps: { left: CHECK_STEPS_MAX } });
}

interface Place {
  readonly path: readonly (string | number)[];
  /** Shared by the whole check. */
  readonly steps: { left: number };
}

/** One rule for each place in the arguments, so that nothing is visited twice. */
function problemOf(schema: Json | undefined, value: Json, place: Place): string | undefined {
  const { path, steps } = place;
  steps.left -= 1;
  if (steps.left < 0 || path.length > SCHEMA_DEPTH_MAX) return undefined;
  const name = path.length === 0 ? 'the arguments' : path.join('.');
  if (schema === false) return `${name} must not be there`;
  // What a reference stands for is not known here, and beside it older drafts read nothing.
  if (!isObject(schema) || '$ref' in schema || '$dynamicRef' in schema) return undefined;
  const problem = ownProblem(schema, value, steps);
  if (problem !== undefined) return `${name} ${problem}`;
  if (isList(value)) return itemProblem(schema, value, place);
  return isObject(value) ? memberProblem(schema, value, place) : undefined;
}

function itemProblem(schema: JsonObject, list: readonly Json[], place: Place): string | undefined {
  // Beside a prefix, `items` is about the rest of the list; older drafts have a list of schemas here.
  if (schema['items'] === undefined || 'prefixItems' in schema) return undefined;
  for (const [index, item] of list.entries()) {
    if (place.steps.left < 0) return undefined;
    const inside = { ...place, path: [...place.path, index] };
    const problem = problemOf(schema['items'], item, inside);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function memberProblem(schema: JsonObject, value: JsonObject, place: Place): string | undefined {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  // Beside patterns, `additionalProperties` is about other names than those.
  const others = 'patternProperties' in schema ? undefined : schema['additionalProperties'];
  for (const [name, member] of Object.entries(value)) {
    if (place.steps.left < 0) return undefined;
    const declared = Object.hasOwn(properties, name);
    const inside = { ...place, path: [...place.path, name] };
    const problem = problemOf(declared ? properties[name] : others, member, inside);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong with a value itself, whatever is inside it. */
function ownProblem(schema: JsonObject, value: Json, steps: Place['steps']): string | undefined {
  const { type, required, enum: choices, nullable } = schema;
  if (value === null && nullable === true) return undefined;
  const types = texts(type);
  if (types.length > 0 && !types.some((one) => isOfType(value, one))) {
    return `must be ${types.join(' or ')}`;
  }
  if (isObject(value)) {
    const names = texts(required);
    steps.left -= names.length;
    const missing = names.find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) return `must have required property '${missing}'`;
  }
  if (isPlain(value) && isList(choices) && choices.length > 0) {
    steps.left -= choices.length;
    if (!choices.includes(value)) return `must be one of ${JSON.stringify(choices).slice(0, 500)}`;
  }
  const fixed = schema['const'];
  if (fixed !== undefined && isPlain(fixed) && isPlain(value) && fixed !== value) {
    return `must be ${JSON.stringify(fixed)}`;
  }
  return boundProblem(schema, value);
}

/** Sizes and bounds: of each kind of value, the keywords of its least and its most. */
function boundProblem(schema: JsonObject, value: Json): string | undefined {
  const bound = (name: string): number | undefined => {
    const found = schema[name];
    return typeof found === 'number' ? found : undefined;
  };
  if (typeof value === 'number') {
    if (value < (bound('minimum') ?? -Infinity)) return `must be >= ${bound('minimum')}`;
    if (value > (bound('maximum') ?? Infinity)) return `must be <= ${bound('maximum')}`;
    return undefined;
  }
  if (typeof value !== 'string' && !isList(value)) return undefined;
  const [least, most, what] =
    typeof value === 'string'
      ? (['minLength', 'maxLength', 'characters'] as const)
      : (['minItems', 'maxItems', 'items'] as const);
  const count = typeof value === 'string' ? characters(value) : value.length;
  if (count < (bound(least) ?? 0)) return `must not have fewer than ${bound(least)} ${what}`;
  if (count > (bound(most) ?? Infinity)) return `must not have more than ${bound(most)} ${what}`;
  return undefined;
}

/** Code points, as JSON Schema counts them. */
function characters(text: string): number {
  const pairs = text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0;
  return text.length - pairs;
}

/** A text, or a list of nothing but texts; anything else says nothing here. */
function texts(value: Json | undefined): readonly string[] {
  const list: readonly unknown[] = isList(value) ? value : [value];
  return list.every((one) => typeof one === 'string') ? list : [];
}

/** A type that is not known is left to the server. */
function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return typeof value !== 'object' || value === null;
}
