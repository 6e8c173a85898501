// Owns the check of arguments against a tool's JSON Schema (2020-12; draft-07 where a server names
// it). Refuses to change an argument: nothing is coerced and no default is filled in.

import type { ErrorObject, ValidateFunction } from 'ajv';
import type { JsonObject } from '@opencomputer/contracts';

const PROBLEMS_MAX = 5;
const SCHEMA_CHARACTERS_MAX = 200_000;

/** Finds what is wrong with arguments; absent = nothing. The text is for a model to read. */
export type ArgumentCheck = (input: JsonObject) => string | undefined;

interface Compiler {
  compile(schema: JsonObject): ValidateFunction;
}

/** Compiles each schema once; the validator is loaded with the first one. */
export class SchemaChecker {
  readonly #compilers = new Map<boolean, Promise<Compiler>>();
  readonly #checks = new WeakMap<JsonObject, Promise<ArgumentCheck>>();

  /** The check of a schema. A schema that cannot be compiled refuses every call, saying why. */
  check(schema: JsonObject): Promise<ArgumentCheck> {
    let check = this.#checks.get(schema);
    if (check === undefined) {
      check = this.#compile(schema);
      this.#checks.set(schema, check);
    }
    return check;
  }

  async #compile(schema: JsonObject): Promise<ArgumentCheck> {
    const { $schema: dialect, ...rest } = schema;
    const isDraft7 = typeof dialect === 'string' && dialect.includes('draft-07');
    let compiler = this.#compilers.get(isDraft7);
    if (compiler === undefined) {
      compiler = loadCompiler(isDraft7);
      this.#compilers.set(isDraft7, compiler);
    }
    try {
      if (JSON.stringify(rest).length > SCHEMA_CHARACTERS_MAX) throw new Error('it is too long');
      const validate = (await compiler).compile(rest);
      return (input) => (validate(input) ? undefined : describe(validate.errors ?? []));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return () => `the schema of this tool cannot be used: ${problem}`;
    }
  }
}

async function loadCompiler(isDraft7: boolean): Promise<Compiler> {
  // Unknown keywords and formats are annotations; nothing that a schema names is fetched. Schemas are
  // not checked against the meta-schema: that costs 60 ms of processor time and 8 MB, and a broken
  // one does not compile.
  const options = {
    strict: false,
    validateFormats: false,
    allErrors: true,
    validateSchema: false,
    meta: false,
  };
  if (isDraft7) return new (await import('ajv')).Ajv(options);
  return new (await import('ajv/dist/2020.js')).Ajv2020(options);
}

function describe(errors: readonly ErrorObject[]): string {
  const texts = errors.slice(0, PROBLEMS_MAX).map((error) => {
    const place = error.instancePath.slice(1).replaceAll('/', '.');
    return `${place === '' ? 'the arguments' : place} ${wording(error)}`;
  });
  return [...new Set(texts)].join('; ');
}

function wording(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const { allowedValues, additionalProperty } = params;
  if (error.keyword === 'enum' && Array.isArray(allowedValues)) {
    return `must be one of ${JSON.stringify(allowedValues)}`;
  }
  if (error.keyword === 'additionalProperties') {
    return `must not have ${JSON.stringify(additionalProperty)}`;
  }
  return error.message ?? 'is wrong';
}
