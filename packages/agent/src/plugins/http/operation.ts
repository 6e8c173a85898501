// Owns which operations of an OpenAPI document are offered as tools, under which names, and what each
// needs for a request. Refuses operations that cannot be sent exactly: those are left out, and said.

import type { Json, JsonObject, ToolDeclaration, ToolEffect } from '@opencomputer/contracts';
import { schemaProblem } from '../foreign-schema.ts';
import { isList, isObject } from '../json-object.ts';
import { freeName, offeredName, shortened } from '../server-tools.ts';
import { OperationProblem, resolved, textOf } from './openapi-document.ts';
import { SchemaReader } from './operation-schema.ts';
import { readBody, readParameters } from './parameter.ts';
import type { HttpBody, HttpParameter } from './parameter.ts';
import { readSecurity } from './security.ts';
import type { HeaderTemplate } from './security.ts';

const OPERATIONS_MAX = 200;
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];
const EFFECTS: Readonly<Record<Method, ToolEffect>> = {
  get: 'read',
  head: 'read',
  post: 'send',
  put: 'send',
  patch: 'send',
  delete: 'irreversible',
};
/** RFC 9110, section 9.2.2: the same request again changes nothing more. */
const IDEMPOTENT: readonly Method[] = ['get', 'head', 'put', 'delete'];
/** Names and formats of values that say where something is or goes. */
const PLACE_NAME =
  /(?:ur[il]|link|href|path|host|domain|callback|webhook|email|recipient|address)s?$/i;
const PLACE_FORMAT = /^(?:ur[il](?:-reference|-template)?|iri|email|idn-email|hostname)$/;
const TIMEOUT_MS = 60_000;

/** One operation, ready to be sent. */
export interface HttpOperation {
  readonly declaration: ToolDeclaration;
  /** The name of its tool without the plugin's before it. */
  readonly shortName: string;
  readonly method: string;
  /** With `{name}` for each path parameter. */
  readonly path: string;
  readonly parameters: readonly HttpParameter[];
  readonly body?: HttpBody;
  /** Ways to say who asks, in the order of the document; each is a list of headers. */
  readonly security: readonly (readonly HeaderTemplate[])[];
}

/** The operations of a document, and why the others are left out. */
export interface HttpOperations {
  readonly operations: readonly HttpOperation[];
  readonly leftOut: readonly string[];
}

/** The tools of a document, at most 200, in its order. Pure; throws nothing. */
export function listHttpTools(document: JsonObject, plugin: string): readonly ToolDeclaration[] {
  return readOperations(document, plugin).operations.map(({ declaration }) => declaration);
}

/** All operations of a document. Throws nothing: what is wrong with one leaves that one out. */
export function readOperations(document: JsonObject, plugin: string): HttpOperations {
  const operations: HttpOperation[] = [];
  const leftOut: string[] = [];
  const taken = new Set<string>();
  const paths = isObject(document['paths']) ? document['paths'] : {};
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const place = `${method.toUpperCase()} ${path}`.slice(0, 200);
      try {
        const found = find({ document, path, method }, item);
        if (found === undefined) continue;
        if (operations.length === OPERATIONS_MAX) {
          throw new OperationProblem(`only the first ${OPERATIONS_MAX} are offered`);
        }
        const operation = read(found, plugin, taken);
        taken.add(operation.declaration.name);
        operations.push(operation);
      } catch (error) {
        if (!(error instanceof OperationProblem)) throw error;
        leftOut.push(`${place} is left out: ${error.message}.`);
      }
    }
  }
  return { operations, leftOut };
}

interface Place {
  readonly document: JsonObject;
  readonly path: string;
  readonly method: Method;
}

interface Found extends Place {
  readonly operation: JsonObject;
  /** Of the path, then of the operation. */
  readonly parameters: readonly Json[];
}

function find(place: Place, item: Json): Found | undefined {
  const { document, method } = place;
  if (!isObject(item)) return undefined;
  const whole = typeof item['$ref'] === 'string' ? resolved(document, item) : item;
  const operation = whole[method];
  if (!isObject(operation)) return undefined;
  const parameters = [whole['parameters'], operation['parameters']].flatMap((list) =>
    isList(list) ? list : [],
  );
  return { ...place, operation, parameters };
}

function read(found: Found, plugin: string, taken: ReadonlySet<string>): HttpOperation {
  const { document, operation, path, method } = found;
  const schemas = new SchemaReader(document);
  const parameters = readParameters(document, found.parameters, { path, schemas });
  const body = readBody(document, operation['requestBody'], { parameters, schemas });
  const id = operation['operationId'];
  const listedName = typeof id === 'string' && id !== '' ? id : `${method} ${path}`;
  const shortName = offeredName('', listedName);
  const name = freeName(prefixed(plugin, shortName), taken);
  const input = inputOf(parameters, body);
  const problem = schemaProblem(input);
  if (problem !== undefined) throw new OperationProblem(problem);
  const { summary, description } = operation;
  const texts = [textOf(summary), textOf(description)];
  const text = texts.find((each) => each.trim() !== '') ?? `${method.toUpperCase()} ${path}`;
  const effect = effectOf(operation, method);
  return {
    declaration: {
      name,
      description: shortened(text),
      input: { ...input } as ToolDeclaration['input'],
      effect,
      reach: 'outside',
      sinks: sinksOf(effect, parameters, body),
      idempotent: isIdempotent(method, parameters),
      timeoutMs: TIMEOUT_MS,
      always: false,
    },
    shortName,
    method: method.toUpperCase(),
    path,
    parameters: parameters.filter(({ name: each }) => !isIdempotencyKey(each)),
    ...(body === undefined ? {} : { body }),
    security: readSecurity(document, operation),
  };
}

function prefixed(plugin: string, name: string): string {
  const prefix = `${offeredName('', plugin)}_`;
  return name.startsWith(prefix) ? name : offeredName(plugin, name);
}

function inputOf(parameters: readonly HttpParameter[], body: HttpBody | undefined): JsonObject {
  // The host fills in the key that makes a repetition harmless; nobody else is asked for one.
  const asked = parameters.filter(({ name }) => !isIdempotencyKey(name));
  const all = body === undefined ? asked : [...asked, body];
  const properties = all.map(({ argument, schema }) => [argument, schema] as const);
  const required = all.filter((each) => each.isRequired).map(({ argument }) => argument);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** The author of the plugin may know better than the method does. */
function effectOf(operation: JsonObject, method: Method): ToolEffect {
  const said = operation['x-opencomputer-effect'];
  if (said === undefined) return EFFECTS[method];
  const known: readonly ToolEffect[] = ['read', 'write', 'send', 'irreversible'];
  const effect = known.find((each) => each === said);
  if (effect === undefined) throw new OperationProblem('x-opencomputer-effect has a wrong value');
  return effect;
}

/** Of what only reads, the arguments that name a place; of the rest, all: nobody has said which. */
function sinksOf(
  effect: ToolEffect,
  parameters: readonly HttpParameter[],
  body: HttpBody | undefined,
): string[] {
  const isSink = ({ name, place, schema }: HttpParameter): boolean =>
    place === 'path' || PLACE_NAME.test(name) || PLACE_FORMAT.test(textOf(schema['format']));
  const asked = parameters.filter(({ name }) => !isIdempotencyKey(name));
  const chosen = effect === 'read' ? asked.filter(isSink) : asked;
  return [...chosen, ...(body === undefined ? [] : [body])].map(({ argument }) => argument);
}

function isIdempotent(method: Method, parameters: readonly HttpParameter[]): boolean {
  return IDEMPOTENT.includes(method) || parameters.some(({ name }) => isIdempotencyKey(name));
}

function isIdempotencyKey(name: string): boolean {
  return name.toLowerCase() === 'idempotency-key';
}
