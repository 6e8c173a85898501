// Owns the one spelling of a document that is signed: keys sorted, no space. Refuses every other
// spelling, and with it a key that is given twice, which two readers take for two things.

import { isList, isObject } from '../json-object.ts';

const depthMax = 20;

/** The text of a JSON value, keys in the order of their code units. Throws when it is no JSON. */
export function canonicalJson(value: unknown): string {
  return textOf(value, 0);
}

/** The value of bytes that are exactly canonical; undefined otherwise. */
export function parseCanonical(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function textOf(value: unknown, depth: number): string {
  if (depth > depthMax) throw new TypeError('a document that is nested too deeply');
  if (isList(value)) return `[${value.map((each) => textOf(each, depth + 1)).join(',')}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    const sorted = entries.toSorted(([one], [two]) => (one < two ? -1 : 1));
    const texts = sorted.map(([key, each]) => `${JSON.stringify(key)}:${textOf(each, depth + 1)}`);
    return `{${texts.join(',')}}`;
  }
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (value === null || isNumber || typeof value === 'string' || typeof value === 'boolean') {
    return JSON.stringify(value);
  }
  throw new TypeError('a value that is no JSON');
}
