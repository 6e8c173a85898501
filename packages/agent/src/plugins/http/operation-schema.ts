// Owns the turning of OpenAPI schemas into JSON Schema 2020-12 that stands alone. Refuses to follow a
// schema that holds itself more than once around, and to let one grow without bound.

import type { Json, JsonObject } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import { OperationProblem, lookUp, textOf } from './openapi-document.ts';

/** Schemas within schemas, references included; what is deeper may be anything. */
const DEPTH_MAX = 10;
/** Schemas of one operation. */
const SCHEMAS_MAX = 2_000;
/** Words that say nothing to who fills in arguments. */
const DROPPED = new Set([
  '$anchor',
  '$comment',
  '$dynamicAnchor',
  '$id',
  '$schema',
  'deprecated',
  'discriminator',
  'example',
  'examples',
  'externalDocs',
  'nullable',
  'title',
  'xml',
]);
const LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const MAPS = new Set(['$defs', 'dependentSchemas', 'patternProperties']);
const SINGLE = new Set([
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

interface Place {
  readonly depth: number;
  /** References that lead here. */
  readonly trail: readonly string[];
}

/** Turns the schemas of one operation; they share one bound. */
export class SchemaReader {
  readonly #document: JsonObject;
  #left = SCHEMAS_MAX;

  constructor(document: JsonObject) {
    this.#document = document;
  }

  /** Throws OperationProblem. */
  read(schema: Json | undefined): JsonObject {
    const read = this.#read(schema, { depth: 0, trail: [] });
    return isObject(read) ? read : {};
  }

  #read(schema: Json | undefined, place: Place): Json {
    this.#left -= 1;
    if (this.#left < 0) throw new OperationProblem('its schema is too large');
    if (typeof schema === 'boolean') return schema;
    if (!isObject(schema) || place.depth > DEPTH_MAX) return {};
    const reference = schema['$ref'] ?? schema['$dynamicRef'];
    if (typeof reference === 'string') return this.#follow(schema, reference, place);
    return this.#readPlain(schema, { ...place, depth: place.depth + 1 });
  }

  #follow(schema: JsonObject, reference: string, place: Place): Json {
    if (place.trail.includes(reference)) {
      const name = reference.slice(reference.lastIndexOf('/') + 1);
      return { description: `Again a ${name}.` };
    }
    const found = lookUp(this.#document, reference);
    if (found === undefined) {
      throw new OperationProblem(`a reference leads to nothing: ${reference.slice(0, 100)}`);
    }
    const trail = [...place.trail, reference];
    const target = this.#read(found, { depth: place.depth + 1, trail });
    const { description } = schema;
    if (typeof description !== 'string' || !isObject(target)) return target;
    return { ...target, description };
  }

  #readPlain(schema: JsonObject, place: Place): JsonObject {
    const entries = Object.entries(schema).flatMap(([word, value]): [string, Json][] => {
      if (DROPPED.has(word) || word.startsWith('x-')) return [];
      if (LISTS.has(word) && isList(value)) {
        return [[word, value.map((each) => this.#read(each, place))]];
      }
      if (word === 'properties' && isObject(value)) return [[word, this.#members(value, place)]];
      if (MAPS.has(word) && isObject(value)) return [[word, this.#map(value, place)]];
      return [[word, SINGLE.has(word) ? this.#read(value, place) : value]];
    });
    return modern(schema, Object.fromEntries(entries));
  }

  /** What only an answer has (`readOnly`) is not asked for. */
  #members(properties: JsonObject, place: Place): JsonObject {
    const kept = Object.entries(properties).filter(
      ([, value]) => !(isObject(value) && value['readOnly'] === true),
    );
    return this.#map(Object.fromEntries(kept), place);
  }

  #map(schemas: JsonObject, place: Place): JsonObject {
    const entries = Object.entries(schemas).map(([name, value]) => [
      name,
      this.#read(value, place),
    ]);
    return Object.fromEntries(entries) as JsonObject;
  }
}

/** The words of OpenAPI 3.0 that JSON Schema 2020-12 writes otherwise. */
function modern(schema: JsonObject, read: JsonObject): JsonObject {
  const changed: Record<string, Json> = { ...read };
  if (schema['nullable'] === true) {
    if (typeof schema['type'] === 'string') changed['type'] = [schema['type'], 'null'];
    if (isList(schema['enum']) && !schema['enum'].includes(null)) {
      changed['enum'] = [...schema['enum'], null];
    }
  }
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof schema[exclusive] !== 'boolean') continue;
    delete changed[exclusive];
    if (schema[exclusive] === false || typeof schema[bound] !== 'number') continue;
    delete changed[bound];
    changed[exclusive] = schema[bound];
  }
  if (isList(read['required']) && isObject(schema['properties'])) {
    const asked = isObject(read['properties']) ? read['properties'] : {};
    const dropped = Object.keys(schema['properties']).filter((name) => !Object.hasOwn(asked, name));
    const names = read['required'];
    changed['required'] = names.filter((name) => !dropped.includes(textOf(name)));
  }
  return changed;
}
