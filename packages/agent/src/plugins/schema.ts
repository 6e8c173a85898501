// Owns the check of arguments against a tool's JSON Schema (2020-12; draft-07 where it is named).
// Refuses to change an argument, and to compile what a third party wrote.

import type { ErrorObject, ValidateFunction } from 'ajv';
import type { JsonObject, PluginTier } from '@opencomputer/contracts';
import { foreignProblem } from './foreign-schema.ts';

const PROBLEMS_MAX = 5;
const SCHEMA_CHARACTERS_MAX = 200_000;

/** Finds what is wrong with arguments; absent = nothing. The text is for a model to read. */
export type ArgumentCheck = (input: JsonObject) => string | undefined;

interface Compiler {
  compile(schema: JsonObject): ValidateFunction;
}

/** Loads the validator of one draft. */
export type CompilerSource = (isDraft7: boolean) => Promise<Compiler>;

/** Compiles each schema once; the validator is loaded with the first one. */
export class SchemaChecker {
  readonly #load: CompilerSource;
  readonly #compilers = new Map<boolean, Promise<Compiler>>();
  readonly #checks = new WeakMap<JsonObject, ArgumentCheck>();

  constructor(load: CompilerSource = loadCompiler) {
    this.#load = load;
  }

  /**
   * The check of a schema. A third party's is neither compiled nor trusted to be cheap: only a part
   * of it is checked. One that cannot be compiled refuses every call, saying why. Never rejects.
   */
  async check(schema: JsonObject, tier: PluginTier): Promise<ArgumentCheck> {
    if (tier !== 'builtin' && tier !== 'official') return (input) => foreignProblem(schema, input);
    const known = this.#checks.get(schema);
    if (known !== undefined) return known;
    const { $schema: dialect, ...rest } = schema;
    const isDraft7 = typeof dialect === 'string' && dialect.includes('draft-07');
    try {
      const check = compile(await this.#compiler(isDraft7), rest);
      this.#checks.set(schema, check);
      return check;
    } catch (error) {
      return unusable(error);
    }
  }

  /** A validator that could not be loaded is loaded anew the next time. */
  async #compiler(isDraft7: boolean): Promise<Compiler> {
    let compiler = this.#compilers.get(isDraft7);
    if (compiler === undefined) {
      compiler = this.#load(isDraft7);
      this.#compilers.set(isDraft7, compiler);
    }
    try {
      return await compiler;
    } catch (error) {
      this.#compilers.delete(isDraft7);
      throw error;
    }
  }
}

function compile(compiler: Compiler, schema: JsonObject): ArgumentCheck {
  try {
    if (JSON.stringify(schema).length > SCHEMA_CHARACTERS_MAX) throw new Error('it is too long');
    const validate = compiler.compile(schema);
    return (input) => (validate(input) ? undefined : describe(validate.errors ?? []));
  } catch (error) {
    return unusable(error);
  }
}

function unusable(error: unknown): ArgumentCheck {
  const problem = error instanceof Error ? error.message : String(error);
  return () => `the schema of this tool cannot be used: ${problem}`;
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
