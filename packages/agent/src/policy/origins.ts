// Owns where the arguments of a call come from: the person's own words, or elsewhere. Refuses to
// raise anything: a value that is not found in the person's words is the model's.

import type { Json, JsonObject, JsonSchema, Origin } from '@opencomputer/contracts';

/** Values longer than this are compared by their beginning and end only. */
const comparedCharactersMax = 20_000;

const day = String.raw`\d{4}-\d\d-\d\d`;
const hour = String.raw`\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?`;
const zone = String.raw`(?:z|[-+]\d\d(?::?\d\d)?)?`;
const span = String.raw`p(?=[\dt])(?:\d{1,9}[ymwd]){0,4}(?:t(?:\d{1,9}(?:[.,]\d{1,9})?[hms]){1,3})?`;

/**
 * Formats whose values are derived from words, such as a time from "tomorrow", in their ISO 8601
 * form: nobody checks a format before policy does, and what has another form may say anything.
 */
const derivedFormats = new Map(
  Object.entries({
    'date-time': `${day}[t ]${hour}${zone}`,
    date: day,
    time: `${hour}${zone}`,
    duration: span,
  }).map(([format, form]) => [format, new RegExp(`^${form}$`, 'i')]),
);

/**
 * The origin of each argument. Free text counts as the person's when its words stand in that order,
 * next to each other, in what the person said; numbers, booleans, times, enumerated values and codes
 * of a declared pattern carry no free text and count as the person's too.
 */
export function originsOf(
  values: JsonObject,
  schema: JsonSchema,
  said: readonly string[],
): Readonly<Record<string, Origin>> {
  const haystacks = said.map((text) => ` ${wordsOf(text)} `);
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const declared = memberOf(properties, name);
      const own = isOwn(value, isObject(declared) ? declared : {}, haystacks);
      return [name, own ? 'user' : 'model'];
    }),
  );
}

function isOwn(value: Json, schema: JsonObject, haystacks: readonly string[]): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return true;
  if (typeof value === 'string') return isDerived(value, schema) || isSaid(value, haystacks);
  if (Array.isArray(value)) {
    const items = isObject(schema['items']) ? schema['items'] : {};
    return value.every((item: Json) => isOwn(item, items, haystacks));
  }
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(value).every(([name, member]) => {
    const declared = memberOf(properties, name);
    return isSaid(name, haystacks) || declared !== undefined
      ? isOwn(member, isObject(declared) ? declared : {}, haystacks)
      : false;
  });
}

function isDerived(value: string, schema: JsonObject): boolean {
  const { format, pattern, enum: values } = schema;
  if (Array.isArray(values)) return values.includes(value);
  if (!/^[-+0-9A-Za-z:;=.,/[\]]{1,120}$/.test(value)) return false;
  if (typeof pattern === 'string') return new RegExp(pattern, 'u').test(value);
  return typeof format === 'string' && derivedFormats.get(format)?.test(value) === true;
}

function isSaid(value: string, haystacks: readonly string[]): boolean {
  if (value.length > comparedCharactersMax) return false;
  const needle = wordsOf(value);
  if (needle === '') return value.trim() === '';
  return haystacks.some((haystack) => haystack.includes(` ${needle} `));
}

function wordsOf(text: string): string {
  const words = text
    .toLowerCase()
    .normalize('NFKC')
    .match(/[\p{L}\p{N}\p{S}]+/gu);
  return (words ?? []).join(' ');
}

/** A model may name an argument `constructor` or `__proto__`: only what is declared counts. */
function memberOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
