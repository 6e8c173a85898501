// Owns the options that a foreign plugin asks a person for (`userConfig`, `user_config`), as the
// configuration schema of ours. Refuses an option without a type that it knows.

import * as z from 'zod';
import type { Json, JsonObject } from '@opencomputer/contracts';
import { shortened } from './identity.ts';
import type { ForeignOption } from './start-texts.ts';

/** One option, as Claude Code plugins and MCP bundles write it. */
export interface WrittenOption {
  readonly type: 'string' | 'number' | 'boolean' | 'directory' | 'file';
  readonly title: string;
  readonly description: string;
  readonly sensitive?: boolean | undefined;
  readonly required?: boolean | undefined;
  readonly default?: Json | undefined;
  readonly multiple?: boolean | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Options by key. */
export type WrittenOptions = Readonly<Record<string, WrittenOption>>;

const optionFields = {
  type: z.enum(['string', 'number', 'boolean', 'directory', 'file']),
  title: z.string(),
  description: z.string(),
  sensitive: z.boolean().optional(),
  required: z.boolean().optional(),
  default: z.json().optional(),
  multiple: z.boolean().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
};

const optionKey = z.string().regex(/^[A-Za-z_]\w{0,63}$/, 'letters, digits and _');

/** All options of a Claude Code plugin; an unknown key in one is an error. */
export const strictOptions: z.ZodType<WrittenOptions> = z.record(
  optionKey,
  z.strictObject(optionFields),
);
/** All options of an MCP bundle. */
export const looseOptions: z.ZodType<WrittenOptions> = z.record(optionKey, z.object(optionFields));

/** Options by key, with what their use needs to know. */
export function optionsOf(written: WrittenOptions): ReadonlyMap<string, ForeignOption> {
  return new Map(
    Object.entries(written).map(([key, option]) => [
      key,
      {
        description: shortened(option.description || option.title || key, 200),
        isSensitive: option.sensitive === true,
        isRequired: option.required === true,
        isPath: option.type === 'directory' || option.type === 'file',
      },
    ]),
  );
}

/** JSON Schema of the options that are no secrets; undefined when there are none. */
export function configurationOf(written: WrittenOptions): JsonObject | undefined {
  const open = Object.entries(written).filter(([, { sensitive }]) => sensitive !== true);
  if (open.length === 0) return undefined;
  const required = open
    .filter(([, option]) => option.required === true && option.default === undefined)
    .map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(open.map(([key, option]) => [key, schemaOf(option)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function schemaOf(option: WrittenOption): JsonObject {
  const { title, description, min, max } = option;
  const type = option.type === 'number' || option.type === 'boolean' ? option.type : 'string';
  const isNumber = type === 'number';
  const single: Record<string, Json> = {
    type,
    ...(isNumber && min !== undefined ? { minimum: min } : {}),
    ...(isNumber && max !== undefined ? { maximum: max } : {}),
  };
  const schema = option.multiple === true ? { type: 'array', items: single } : single;
  const otherwise = option.default;
  return {
    ...schema,
    title,
    description,
    ...(otherwise === undefined ? {} : { default: otherwise }),
  };
}
