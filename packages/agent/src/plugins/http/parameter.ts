// Owns the parameters and the body of one operation: where each goes, how it is written, and the
// argument that fills it in. Refuses forms that cannot be written exactly, when they are required.

import type { Json, JsonObject } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { OperationProblem, resolved, textOf } from './openapi-document.ts';
import type { SchemaReader } from './operation-schema.ts';

const PARAMETERS_MAX = 100;
const NAME = /^[\w.$-][\w.$[\]:@ -]{0,99}$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** Fields that the request itself, its connection or its security owns. */
const OWNED_FIELDS =
  /^(?:accept|accept-encoding|authorization|connection|content-.*|cookie2?|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;
const STYLES: Readonly<Record<string, readonly string[]>> = {
  path: ['simple'],
  query: ['form', 'deepObject', 'spaceDelimited', 'pipeDelimited'],
  header: ['simple'],
};

/** How a value is written. */
export interface ParameterStyle {
  readonly style: 'simple' | 'form' | 'deepObject' | 'spaceDelimited' | 'pipeDelimited' | 'json';
  readonly isExploded: boolean;
}

/** One parameter; `argument` is what the tool calls it. */
export interface HttpParameter extends ParameterStyle {
  readonly argument: string;
  readonly name: string;
  readonly place: 'path' | 'query' | 'header';
  readonly isRequired: boolean;
  readonly schema: JsonObject;
}

/** The body of a request. */
export interface HttpBody {
  readonly argument: string;
  readonly kind: 'json' | 'form' | 'text';
  readonly mediaType: string;
  readonly isRequired: boolean;
  readonly schema: JsonObject;
  /** Of a form: members that are written in another way than plainly. */
  readonly styles: Readonly<Record<string, ParameterStyle>>;
}

interface ReadOptions {
  readonly path: string;
  readonly schemas: SchemaReader;
}

/** The parameters of an operation; a later one replaces one of the same name and place. */
export function readParameters(
  document: JsonObject,
  listed: readonly Json[],
  { path, schemas }: ReadOptions,
): readonly HttpParameter[] {
  if (listed.length > PARAMETERS_MAX) throw new OperationProblem('it has too many parameters');
  const byPlace = new Map<string, JsonObject>();
  for (const value of listed) {
    const parameter = resolved(document, value);
    byPlace.set(`${textOf(parameter['in'])} ${textOf(parameter['name'])}`, parameter);
  }
  const taken = new Set<string>();
  const read = [...byPlace.values()].flatMap((parameter): HttpParameter[] => {
    const found = readParameter(parameter, schemas, taken);
    if (found !== undefined) taken.add(found.argument);
    return found === undefined ? [] : [found];
  });
  for (const [, name = ''] of path.matchAll(/\{([^{}]*)\}/g)) {
    if (read.some((each) => each.place === 'path' && each.name === name)) continue;
    throw new OperationProblem(`its path has {${name.slice(0, 100)}}, which no parameter is`);
  }
  return read;
}

function readParameter(
  parameter: JsonObject,
  schemas: SchemaReader,
  taken: ReadonlySet<string>,
): HttpParameter | undefined {
  const { in: place, name, description } = parameter;
  const isRequired = place === 'path' || parameter['required'] === true;
  const problem = parameterProblem(parameter);
  if (problem !== undefined) {
    if (isRequired && problem !== '') throw new OperationProblem(problem);
    return undefined;
  }
  const content = isObject(parameter['content'])
    ? Object.entries(parameter['content'])[0]
    : undefined;
  const media = content === undefined ? parameter : content[1];
  const schema = schemas.read(isObject(media) ? media['schema'] : undefined);
  const kind = place as HttpParameter['place'];
  const style = content === undefined ? styleOf(parameter, kind) : plainJson;
  return {
    ...style,
    argument: freeArgument(textOf(name), taken),
    name: textOf(name),
    place: kind,
    isRequired,
    schema:
      typeof description === 'string' ? { ...schema, description: short(description) } : schema,
  };
}

const plainJson: ParameterStyle = { style: 'json', isExploded: false };

function styleOf(parameter: JsonObject, place: HttpParameter['place']): ParameterStyle {
  const style = parameter['style'] ?? (place === 'query' ? 'form' : 'simple');
  const { explode } = parameter;
  return {
    style: style as ParameterStyle['style'],
    isExploded: typeof explode === 'boolean' ? explode : style === 'form',
  };
}

/** Why a parameter cannot be sent; empty when the standard says that it is ignored. */
function parameterProblem({ in: place, name, style, content }: JsonObject): string | undefined {
  if (typeof name !== 'string' || typeof place !== 'string') return 'a parameter has no name';
  const shown = `parameter ${JSON.stringify(name.slice(0, 100))}`;
  if (place === 'cookie') return `the ${shown} is a cookie`;
  const styles = STYLES[place];
  if (styles === undefined) return `the ${shown} is in a place that is not known`;
  if (place === 'header' && /^(?:accept|content-type|authorization)$/i.test(name)) return '';
  if (place === 'header' && (!HEADER_NAME.test(name) || OWNED_FIELDS.test(name))) {
    return `the ${shown} is a header of the connection`;
  }
  if (!NAME.test(name)) return `the ${shown} has a name that cannot be written`;
  if (style !== undefined && !styles.includes(textOf(style))) {
    return `the ${shown} has the style ${JSON.stringify(style).slice(0, 100)}`;
  }
  if (isObject(content) && !/^application\/json\b/i.test(Object.keys(content)[0] ?? '')) {
    return `the ${shown} is not JSON`;
  }
  return undefined;
}

/** The body of an operation; undefined when it has none, or none that must be sent. */
export function readBody(
  document: JsonObject,
  value: Json | undefined,
  options: { readonly parameters: readonly HttpParameter[]; readonly schemas: SchemaReader },
): HttpBody | undefined {
  if (value === undefined) return undefined;
  const body = resolved(document, value);
  const isRequired = body['required'] === true;
  const content = isObject(body['content']) ? body['content'] : {};
  const found = chosenMedia(Object.keys(content));
  if (found === undefined) {
    if (!isRequired) return undefined;
    const types = Object.keys(content).join(', ').slice(0, 100) || 'nothing';
    throw new OperationProblem(`its body is ${types}; JSON, a form or text can be sent`);
  }
  const { kind, mediaType } = found;
  const media = resolved(document, content[mediaType]);
  const { description } = body;
  const schema = options.schemas.read(media['schema']);
  const taken = new Set(options.parameters.map(({ argument }) => argument));
  return {
    argument: freeArgument('body', taken),
    kind,
    mediaType: mediaType.includes('*') ? 'text/plain' : mediaType,
    isRequired,
    schema: {
      ...schema,
      ...(kind === 'text' ? { type: 'string' } : {}),
      ...(typeof description === 'string' ? { description: short(description) } : {}),
    },
    styles: kind === 'form' ? stylesOf(media['encoding']) : {},
  };
}

function chosenMedia(
  types: readonly string[],
): { readonly kind: HttpBody['kind']; readonly mediaType: string } | undefined {
  const kinds: readonly (readonly [HttpBody['kind'], RegExp])[] = [
    ['json', /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i],
    ['form', /^application\/x-www-form-urlencoded *(?:;|$)/i],
    ['text', /^text\/(?:[\w.+-]+|\*) *(?:;|$)/i],
  ];
  for (const [kind, pattern] of kinds) {
    const mediaType = types.find((type) => pattern.test(type) && /^[\x20-\x7e]{1,200}$/.test(type));
    if (mediaType !== undefined) return { kind, mediaType };
  }
  return undefined;
}

function stylesOf(encoding: Json | undefined): Record<string, ParameterStyle> {
  const styles: Record<string, ParameterStyle> = {};
  for (const [name, value] of Object.entries(isObject(encoding) ? encoding : {})) {
    if (!isObject(value)) continue;
    const known = value['style'] === undefined || STYLES['query']?.includes(textOf(value['style']));
    if (known !== true) throw new OperationProblem(`its body writes ${name.slice(0, 100)} oddly`);
    if (value['style'] !== undefined || value['explode'] !== undefined)
      styles[name] = styleOf(value, 'query');
  }
  return styles;
}

/** A name that models can write; numbered when two parameters share it. */
function freeArgument(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replaceAll(/[^\w-]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'value';
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? plain : `${plain}_${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function short(description: string): string {
  return description.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}
