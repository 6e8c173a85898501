// Owns the declaration of an intent: what people say, which values it needs, which tool it means.
// Refuses how words are understood: that is the intent parser's.

import * as z from 'zod';
import { toolName } from './tool.ts';

/** How a slot of an intent is read from a person's words. */
export const slotType = z.enum([
  'text',
  'datetime',
  'date',
  'date-range',
  'duration',
  'recurrence',
  'number',
  'amount',
  'expression',
  'unit',
  'person',
  'path',
  'url',
  'language',
  'code',
  'enum',
  'boolean',
]);
export type SlotType = z.infer<typeof slotType>;

/** One value that an intent needs from a person's words. */
export const slotDeclaration = z.strictObject({
  type: slotType,
  required: z.boolean().default(false),
  /** What the person is asked when a required slot is missing. */
  ask: z.string().max(200).optional(),
  /** For `enum`: the value, and the words that mean it. */
  values: z.record(z.string(), z.array(z.string())).optional(),
  /** Words that introduce the slot, such as "about" or "called"; also learned from examples. */
  after: z.array(z.string()).default([]),
  /** The argument of the tool, when it is not named like the slot. */
  argument: z.string().optional(),
});
export type SlotDeclaration = z.infer<typeof slotDeclaration>;

/** Something a person wants, mapped to one tool, with examples of how people say it. */
export const intentDeclaration = z.strictObject({
  /** Noun-verb with a dot, such as `reminder.create`; the same name in two plugins competes. */
  name: z.string().regex(/^[a-z]+(\.[a-z-]+)?$/),
  tool: toolName,
  description: z.string().max(200),
  /** What people say; `{slot}` stands for a value. */
  examples: z.array(z.string().max(300)).min(5).max(500),
  slots: z.record(z.string(), slotDeclaration).default({}),
  /** Arguments that are always the same for this intent. */
  arguments: z.record(z.string(), z.json()).default({}),
  /** `no-model`: left to the model when there is one, as for small talk. */
  when: z.enum(['always', 'no-model']).default('always'),
});
export type IntentDeclaration = z.infer<typeof intentDeclaration>;
