// Owns the writing of one request: path, query, headers and body out of arguments. Refuses values that
// would lead to another path, break a header, or have a secret put in that nobody asked to send.

import type { Json, JsonObject } from '@opencomputer/contracts';
import { isList, isObject } from '../json-object.ts';
import type { HttpOperation } from './operation.ts';
import type { HttpBody, HttpParameter, ParameterStyle } from './parameter.ts';
import { securityHeaders } from './security.ts';

const URL_CHARACTERS_MAX = 16_000;
const DEPTH_MAX = 32;

/** A request, ready to be sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Names and values in Latin-1; secrets are still placeholders. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** What every request of one plugin has. */
export interface Endpoint {
  /** Without a query; the paths of operations come after its own. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the secrets that the manifest requires. */
  readonly secrets: readonly string[];
}

/** Why arguments make no request; the text is for a model to read. */
export class RequestProblem extends Error {}

/** The request for one call. `key` is its idempotency key. Throws RequestProblem. */
export function buildRequest(
  endpoint: Endpoint,
  operation: HttpOperation,
  { input, key }: { readonly input: JsonObject; readonly key?: string },
): HttpRequest {
  refusePlaceholders(input, 0);
  const given = operation.parameters.map((parameter) => valueIn(input, parameter));
  const query = given.filter(({ place }) => place === 'query').flatMap(queryPairs);
  const url = `${endpoint.url.replace(/\/+$/, '')}${pathOf(operation, given)}`;
  const whole = query.length === 0 ? url : `${url}?${query.join('&')}`;
  if (whole.length > URL_CHARACTERS_MAX) throw new RequestProblem('the URL would be too long');
  const body = bodyOf(operation.body, input);
  const headers = new Map<string, readonly [string, string]>();
  const set = (name: string, value: string): void => {
    headers.set(name.toLowerCase(), [name, value]);
  };
  set('Accept', 'application/json, text/*;q=0.9, */*;q=0.5');
  set('User-Agent', 'opencomputer');
  for (const parameter of given) {
    if (parameter.place === 'header' && parameter.value !== undefined)
      set(parameter.name, headerText(parameter));
  }
  const isWrite = operation.declaration.effect !== 'read';
  if (isWrite && key !== undefined) set('Idempotency-Key', printable('Idempotency-Key', key));
  for (const [name, value] of securityHeaders(operation.security, endpoint.secrets))
    set(name, value);
  for (const [name, value] of Object.entries(endpoint.headers)) set(name, value);
  if (body !== undefined) set('Content-Type', body.type);
  const { method } = operation;
  return {
    method,
    url: whole,
    headers: [...headers.values()],
    ...(body === undefined ? {} : { body: body.text }),
  };
}

interface GivenParameter extends HttpParameter {
  readonly value: Json | undefined;
}

function valueIn(input: JsonObject, parameter: HttpParameter): GivenParameter {
  const { argument, name, isRequired } = parameter;
  const value = Object.hasOwn(input, argument) ? (input[argument] ?? undefined) : undefined;
  if (value === undefined && isRequired) throw new RequestProblem(`${argument} is missing`);
  return { ...parameter, name, value };
}

/** The proxy would fill them in, in the words of whoever wrote the argument. */
function refusePlaceholders(value: Json, depth: number): void {
  if (depth > DEPTH_MAX) throw new RequestProblem('the arguments nest too deeply');
  if (typeof value === 'string' && /\{\{\s*secret/i.test(value)) {
    throw new RequestProblem('an argument has the placeholder of a secret in it');
  }
  if (isList(value)) for (const each of value) refusePlaceholders(each, depth + 1);
  else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) {
      refusePlaceholders(name, depth + 1);
      refusePlaceholders(each, depth + 1);
    }
  }
}

/** A template with its values; no value may add, remove or leave a segment. */
function pathOf({ path }: HttpOperation, given: readonly GivenParameter[]): string {
  const segments = path.split('/').map((segment) => {
    if (!segment.includes('{')) return segment;
    const filled = segment.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
      const parameter = given.find((each) => each.place === 'path' && each.name === name);
      if (parameter?.value === undefined) throw new RequestProblem(`${name} is missing`);
      const text = simpleText(parameter, encoded);
      if (text === '') throw new RequestProblem(`${parameter.argument} is empty`);
      return text;
    });
    if (filled !== '.' && filled !== '..') return filled;
    throw new RequestProblem('. and .. cannot be in a path');
  });
  return segments.join('/');
}

function queryPairs({ name, value, ...style }: GivenParameter): string[] {
  return value === undefined ? [] : pairsOf(name, value, style);
}

/** `name=value` for one member of a query or a form; none for an empty list or object. */
function pairsOf(name: string, value: Json, { style, isExploded }: ParameterStyle): string[] {
  const pair = (key: string, text: string): string => `${encoded(key)}=${text}`;
  if (style === 'json') return [pair(name, encoded(JSON.stringify(value)))];
  if (style === 'deepObject' && typeof value === 'object') return deepPairs(name, value, 0);
  if (isList(value)) {
    const items = value.map((item) => encoded(plain(name, item)));
    if (items.length === 0) return [];
    if (isExploded) return items.map((item) => pair(name, item));
    const separators = { spaceDelimited: '%20', pipeDelimited: '%7C' } as Record<string, string>;
    return [pair(name, items.join(separators[style] ?? ','))];
  }
  if (!isObject(value)) return [pair(name, encoded(plain(name, value)))];
  const members = Object.entries(value).map(([key, each]) => [key, encoded(plain(key, each))]);
  if (members.length === 0) return [];
  if (isExploded) return members.map(([key = '', text = '']) => pair(key, text));
  return [pair(name, members.map(([key = '', text = '']) => `${encoded(key)},${text}`).join(','))];
}

/** `a[b][c]=1`; what is nested further than the standard says is written as most readers expect. */
function deepPairs(name: string, value: Json, depth: number): string[] {
  if (depth > DEPTH_MAX) throw new RequestProblem(`${name} nests too deeply`);
  if (isList(value)) return value.flatMap((each) => deepPairs(`${name}[]`, each, depth + 1));
  if (!isObject(value)) return [`${encoded(name)}=${encoded(plain(name, value))}`];
  return Object.entries(value).flatMap(([key, each]) =>
    deepPairs(`${name}[${key}]`, each, depth + 1),
  );
}

/** Style `simple` of RFC 6570, for paths and headers. */
function simpleText(parameter: GivenParameter, encode: (text: string) => string): string {
  const { name, style, isExploded, value = null } = parameter;
  if (style === 'json') return encode(JSON.stringify(value));
  if (isList(value)) return value.map((item) => encode(plain(name, item))).join(',');
  if (!isObject(value)) return encode(plain(name, value));
  const between = isExploded ? '=' : ',';
  const members = Object.entries(value).map(
    ([key, each]) => `${encode(key)}${between}${encode(plain(key, each))}`,
  );
  return members.join(',');
}

function headerText(parameter: GivenParameter): string {
  return printable(
    parameter.name,
    simpleText(parameter, (text) => text),
  );
}

function printable(name: string, text: string): string {
  if (/^[\t\x20-\x7e\xa0-\xff]*$/.test(text) && text.trim() === text) return text;
  throw new RequestProblem(`${name} has a character that no header may have`);
}

function plain(name: string, value: Json): string {
  if (value === null) return '';
  if (typeof value === 'object') throw new RequestProblem(`${name} nests too deeply`);
  return String(value);
}

/** All but the unreserved characters of RFC 3986. */
function encoded(text: string): string {
  if (!text.isWellFormed()) throw new RequestProblem('an argument is not valid Unicode');
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

interface WrittenBody {
  readonly type: string;
  readonly text: string;
}

function bodyOf(body: HttpBody | undefined, input: JsonObject): WrittenBody | undefined {
  if (body === undefined) return undefined;
  const { argument, kind, mediaType } = body;
  const value = Object.hasOwn(input, argument) ? input[argument] : undefined;
  if (value === undefined) {
    if (body.isRequired) throw new RequestProblem(`${argument} is missing`);
    return undefined;
  }
  if (kind === 'json') return { type: mediaType, text: JSON.stringify(value) };
  if (kind === 'text') {
    if (typeof value !== 'string') throw new RequestProblem(`${argument} must be a text`);
    return { type: `${mediaType.split(';')[0] ?? ''}; charset=utf-8`, text: value };
  }
  if (!isObject(value)) throw new RequestProblem(`${argument} must be an object`);
  const pairs = Object.entries(value).flatMap(([name, each]) =>
    pairsOf(name, each, body.styles[name] ?? formStyle(each)),
  );
  return { type: 'application/x-www-form-urlencoded', text: pairs.join('&') };
}

/** What the standard says of a form's members when the document does not. */
function formStyle(value: Json): ParameterStyle {
  return { style: isObject(value) ? 'json' : 'form', isExploded: true };
}
