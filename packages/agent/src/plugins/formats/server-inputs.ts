// Owns the values that an MCP `server.json` leaves to a person: arguments, variables, headers.
// Refuses to put a secret into an argument or an address.

import * as z from 'zod';
import type { Json, JsonObject } from '@opencomputer/contracts';
import type { ForeignOption, Meaning } from './start-texts.ts';

/** A value, fixed or left to a person. */
export interface ServerInput {
  readonly description?: string | undefined;
  readonly isRequired?: boolean | undefined;
  readonly isSecret?: boolean | undefined;
  readonly format?: 'string' | 'number' | 'boolean' | 'filepath' | undefined;
  readonly value?: string | undefined;
  readonly default?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  /** Inputs for the `{names}` in `value`. */
  readonly variables?: Readonly<Record<string, ServerInput>> | undefined;
}

/** A variable or a header. */
export interface KeyValueInput extends ServerInput {
  readonly name: string;
}

/** A part of a command line. */
export type ArgumentInput =
  | (ServerInput & { readonly type: 'positional'; readonly valueHint?: string | undefined })
  | (ServerInput & { readonly type: 'named'; readonly name: string });

const inputFields = {
  description: z.string().optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  value: z.string().optional(),
  default: z.string().optional(),
  placeholder: z.string().optional(),
  choices: z.array(z.string()).optional(),
};
const input = z.object(inputFields);
const variables = { variables: z.record(z.string(), input).optional() };

export const keyValueInput: z.ZodType<KeyValueInput> = z.object({
  ...inputFields,
  ...variables,
  name: z.string().min(1),
});
export const argumentInput: z.ZodType<ArgumentInput> = z.discriminatedUnion('type', [
  z.object({
    ...inputFields,
    ...variables,
    type: z.literal('positional'),
    valueHint: z.string().optional(),
    isRepeated: z.boolean().optional(),
  }),
  z.object({
    ...inputFields,
    ...variables,
    type: z.literal('named'),
    name: z.string().min(1),
    isRepeated: z.boolean().optional(),
  }),
]);

/** The options of one server, and its texts with placeholders `${option:key}` for them. */
export class ServerInputs {
  readonly options: Map<string, ForeignOption> = new Map();
  readonly #properties = new Map<string, JsonObject>();
  readonly #required = new Set<string>();

  /** JSON Schema of what a person sets; undefined when there is nothing. */
  get configuration(): JsonObject | undefined {
    if (this.#properties.size === 0) return undefined;
    return {
      type: 'object',
      properties: Object.fromEntries(this.#properties),
      ...(this.#required.size === 0 ? {} : { required: [...this.#required] }),
      additionalProperties: false,
    };
  }

  /** What a placeholder of these texts stands for. */
  meaningOf(written: string): Meaning | undefined {
    const key = /^option:(\w+)$/.exec(written)?.[1];
    return key === undefined || !this.options.has(key) ? undefined : { type: 'option', key };
  }

  /** The text of an input called `name`; undefined when nothing is said of it at all. */
  text(written: ServerInput, name: string): string | undefined {
    if (written.value !== undefined) return this.#filled(written.value, written.variables ?? {});
    const isOpen =
      written.isRequired === true ||
      written.isSecret === true ||
      [written.default, written.choices, written.format, written.description].some(Boolean);
    return isOpen ? this.#option(written, name) : undefined;
  }

  /** `{name}` in a text, by the inputs of that name; others stay as they are. */
  #filled(text: string, known: Readonly<Record<string, ServerInput>>): string {
    return text.replaceAll(/\{([^{}]{1,100})\}/g, (whole, name: string) => {
      const found = Object.hasOwn(known, name) ? known[name] : undefined;
      if (found === undefined) return whole;
      return found.value ?? this.#option(found, name);
    });
  }

  #option(written: ServerInput, name: string): string {
    const key = name.replace(/^-+/, '').replace(/\W/g, '_').slice(0, 64) || 'value';
    const { description = key, isSecret = false, isRequired = false } = written;
    const isPath = written.format === 'filepath';
    this.options.set(key, { description, isSensitive: isSecret, isRequired, isPath });
    if (!isSecret) {
      this.#properties.set(key, schemaOf(written));
      if (isRequired && written.default === undefined) this.#required.add(key);
    }
    return `\${option:${key}}`;
  }
}

function schemaOf(written: ServerInput): JsonObject {
  const { description, format, choices } = written;
  const type = format === 'number' || format === 'boolean' ? format : 'string';
  const otherwise = written.default === undefined ? undefined : typed(written.default, type);
  return {
    type,
    ...(description === undefined ? {} : { description }),
    ...(choices === undefined || choices.length === 0
      ? {}
      : { enum: choices.map((choice) => typed(choice, type)) }),
    ...(otherwise === undefined ? {} : { default: otherwise }),
  };
}

/** The format writes every default as text. */
function typed(text: string, type: string): Json {
  if (type === 'boolean') return text === 'true';
  const number = Number(text);
  return type === 'number' && Number.isFinite(number) ? number : text;
}
