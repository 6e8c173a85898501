// Owns the rules about the schemas of arguments. Refuses to compile or run them.

import type { Json, JsonObject } from '@opencomputer/contracts';
import type { Concern, Finding } from './rule.ts';

const DEPTH_MAX = 8;
const TYPES = ['type', 'enum', 'const', '$ref', 'anyOf', 'oneOf', 'allOf'];
const BOUNDS = ['maxLength', 'enum', 'const', 'format', 'pattern'];

/** Every argument has a type, every text a limit, and what is required exists. */
export const schemas: Concern = ({ manifest }) =>
  manifest.provides.tools.flatMap(({ name, input }, at) => {
    const path = ['provides', 'tools', at, 'input'];
    const outer: Finding[] =
      input['type'] === 'object'
        ? []
        : [{ rule: 'schema-object', path, problem: `${name}: type is not object` }];
    return [...outer, ...walk(input, { tool: name, path, place: '' })];
  });

interface Place {
  readonly tool: string;
  readonly path: readonly (string | number)[];
  /** As a person names it, such as `address.street`. */
  readonly place: string;
}

function walk(schema: JsonObject, where: Place): readonly Finding[] {
  if (where.path.length > DEPTH_MAX * 2) return [];
  const { properties, required, items } = schema;
  const members = isObject(properties) ? Object.entries(properties) : [];
  const absent = (Array.isArray(required) ? required : []).filter(
    (name) => !members.some(([member]) => member === name),
  );
  return [
    ...absent.map((name) => ({
      rule: 'schema-required' as const,
      path: [...where.path, 'required'],
      problem: `${where.tool}: there is no argument ${JSON.stringify(name)}`,
    })),
    ...members.flatMap(([name, member]) =>
      argument(member, {
        tool: where.tool,
        path: [...where.path, 'properties', name],
        place: where.place === '' ? name : `${where.place}.${name}`,
      }),
    ),
    ...(isObject(items)
      ? argument(items, { ...where, path: [...where.path, 'items'], place: `${where.place}[]` })
      : []),
  ];
}

function argument(schema: Json, where: Place): readonly Finding[] {
  const problem = `${where.tool}: ${where.place}`;
  if (!isObject(schema) || !TYPES.some((key) => schema[key] !== undefined)) {
    return [{ rule: 'schema-type', path: where.path, problem: `${problem} has no type` }];
  }
  const isText = schema['type'] === 'string';
  const isBounded = BOUNDS.some((key) => schema[key] !== undefined);
  return [
    ...(isText && !isBounded
      ? [{ rule: 'schema-bounded' as const, path: where.path, problem: `${problem} has no limit` }]
      : []),
    ...walk(schema, where),
  ];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
