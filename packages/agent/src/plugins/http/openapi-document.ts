// Owns the reading of an OpenAPI document (3.0, 3.1) as plain data, and of references within it.
// Refuses references to anywhere else, chains without end, and documents of other versions.

import { AgentError } from '@opencomputer/contracts';
import type { Json, JsonObject } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import { parseYaml } from '../located-document.ts';

export const DOCUMENT_BYTES_MAX = 8_000_000;
const REFERENCES_IN_A_ROW_MAX = 16;

/** Reads a document from JSON or YAML. Throws PLUGIN_MANIFEST with the file's name. */
export function readOpenapi(text: string, file: string): JsonObject {
  if (Buffer.byteLength(text) > DOCUMENT_BYTES_MAX) {
    throw refusal(file, `it is larger than ${DOCUMENT_BYTES_MAX} bytes`);
  }
  const value = text.trimStart().startsWith('{')
    ? parseJson(text, file)
    : parseYaml(text, file).value;
  if (!isObject(value)) throw refusal(file, 'it is not an OpenAPI document');
  const version = value['openapi'];
  if (typeof version === 'string' && /^3\.[01]\.\d+/.test(version)) return value;
  throw refusal(file, 'openapi: 3.0 or 3.1 is expected');
}

/** Quicker than the reader with lines, which these documents are often too large for. */
function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = `not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}`;
    throw new AgentError('PLUGIN_MANIFEST', { file, problem }, { cause: error });
  }
}

function refusal(file: string, problem: string): AgentError {
  return new AgentError('PLUGIN_MANIFEST', { file, problem });
}

/** A text; empty for anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Why one operation cannot be offered; the others can. */
export class OperationProblem extends Error {}

/**
 * What a reference (`#/…`, RFC 6901) stands for; undefined when there is nothing. Throws
 * OperationProblem for one that leads out of the document.
 */
export function lookUp(document: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) {
    throw new OperationProblem(`a reference leads out of the document: ${reference.slice(0, 100)}`);
  }
  const parts = decoded(reference.slice(1)).split('/').slice(1);
  let found: Json | undefined = document;
  for (const part of parts) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = member(found, key);
  }
  return found;
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (isList(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** An object of the document, its reference followed. Throws OperationProblem when there is none. */
export function resolved(document: JsonObject, value: Json | undefined): JsonObject {
  let found = value;
  for (let count = 0; count < REFERENCES_IN_A_ROW_MAX; count += 1) {
    if (!isObject(found)) throw new OperationProblem('a reference leads to nothing');
    const { $ref: reference } = found;
    if (typeof reference !== 'string') return found;
    found = lookUp(document, reference);
  }
  throw new OperationProblem('its references go round in a circle');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
