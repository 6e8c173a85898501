// Owns contract 3, the tool: what a model or an intent may ask a plugin to do. Refuses unbounded
// output and effects that are not declared.

import * as z from 'zod';
import type { Json, JsonObject } from './json.ts';

/** What a call can do to the world, from harmless to final. */
export const toolEffect = z.enum(['read', 'write', 'send', 'irreversible']);
export type ToolEffect = z.infer<typeof toolEffect>;

/** How far a call reaches: the plugin's own data, folders granted to it, or the outside. */
export const toolReach = z.enum(['own', 'folder', 'outside']);
export type ToolReach = z.infer<typeof toolReach>;

/** A name that every provider accepts as a function name. */
export const toolName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and _, at most 63 characters');

/**
 * What a tool declares in its manifest.
 * Must name every argument through which data can leave (`sinks`: recipient, URL, path, amount).
 * Must not have an effect that is not declared here. A wrong declaration fails validation.
 */
export const toolDeclaration = z.strictObject({
  name: toolName,
  /** One sentence for the model. */
  description: z.string().min(1).max(300),
  /** JSON Schema 2020-12 of the arguments; an object schema. */
  input: z.record(z.string(), z.json()),
  effect: toolEffect,
  reach: toolReach.default('outside'),
  /** Names of arguments through which data can leave or an amount is set. */
  sinks: z.array(z.string()).default([]),
  /** JSON Schema of `data` in the result. */
  output: z.record(z.string(), z.json()).optional(),
  /** A retry with the same idempotency key has the effect once. */
  idempotent: z.boolean().default(false),
  timeoutMs: z.int().min(100).max(600_000).default(30_000),
  /** Offered to the model in every request; all others are found by search. */
  always: z.boolean().default(false),
  /** For `read`: how long a result may be given again for the same arguments; absent: never. */
  cacheMs: z.int().min(1_000).max(86_400_000).optional(),
  /** A tool of another plugin that takes the same arguments and is asked when this one fails. */
  fallback: toolName.optional(),
});
export type ToolDeclaration = z.infer<typeof toolDeclaration>;

/** One call, as the model or an intent asks for it. */
export interface ToolCall {
  /** Unique in its turn. */
  readonly callId: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** A timer that a tool asks the host to keep; set again with the same id, it is replaced. */
export interface TimerChange {
  /** Chosen by the plugin, unique per plugin and person. */
  readonly id: string;
  /** Milliseconds since the Unix epoch; absent = remove the timer. */
  readonly at?: number;
  /** What is said to the person when it fires. */
  readonly text?: string;
  /**
   * What becomes of one that nothing ran to fire in time. Absent: it fires once, however late. Else
   * it is not said when it is more than this many milliseconds late; its plugin is told all the same.
   */
  readonly lateMsMax?: number;
}

/**
 * How a call ended. `refused` is a no that the model can read (wrong path, nothing found, not
 * allowed); `failed` is a defect or a fault; `unknown` means that the effect may have happened.
 */
export type ToolOutcome =
  | {
      readonly status: 'done';
      /** What a person reads; also what the model is given. */
      readonly text: string;
      readonly data?: Json;
      readonly timers?: readonly TimerChange[];
    }
  | { readonly status: 'refused'; readonly text: string }
  | { readonly status: 'failed'; readonly text: string; readonly code: string }
  | { readonly status: 'unknown'; readonly text: string };
