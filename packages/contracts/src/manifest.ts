// Owns the plugin manifest: everything about a plugin that can be known without running its code.
// Refuses defaults that widen rights: what is not declared is not granted.

import * as z from 'zod';
import { toolDeclaration, toolName } from './tool.ts';

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

/** A typed service that other plugins can require: named operations, each one of the tools. */
export const serviceDeclaration = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  operations: z.record(z.string(), toolName),
});
export type ServiceDeclaration = z.infer<typeof serviceDeclaration>;

/** A service that this plugin calls through the host. */
export const serviceRequirement = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^\^\d+(\.\d+){0,2}$/),
  optional: z.boolean().default(false),
});
export type ServiceRequirement = z.infer<typeof serviceRequirement>;

/** What the plugin may touch. Empty = nothing but its own storage. */
export const permissions = z.strictObject({
  /** Host names; a leading `*.` covers sub-domains; `*` is every public host. */
  network: z.array(z.string()).default([]),
  /** `folders` are the ones the person granted to the agent. */
  files: z.enum(['none', 'read-folders', 'write-folders']).default('none'),
  /** Starts other programs. */
  processes: z.boolean().default(false),
});
export type Permissions = z.infer<typeof permissions>;

/** Bounds that the host keeps, whatever the plugin does. */
export const resources = z.strictObject({
  memoryMb: z.int().min(16).max(8192).default(256),
  outputBytesMax: z.int().min(1_000).max(64_000_000).default(1_000_000),
  idleMs: z.int().min(1_000).max(3_600_000).default(60_000),
});
export type Resources = z.infer<typeof resources>;

/**
 * The manifest of a plugin (`manifest.yaml` or `manifest.json`).
 * Must be readable without running any code. Must name everything the plugin provides and may touch.
 * An unknown key is warned of with the nearest known one; a wrong value refuses the plugin.
 */
export const manifest = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/),
  /** Range of framework versions that it works with, such as `^0.1.0`. */
  framework_version: z.string(),
  description: z.string().max(300),
  authors: z.array(z.string()).default([]),
  licence: z.string().optional(),
  runtime: z.enum(['node', 'builtin', 'mcp']),
  /** The program for `node`, relative to the manifest. */
  entry: z.string().default('handler.js'),
  provides: z
    .strictObject({
      tools: z.array(toolDeclaration).max(200).default([]),
      intents: z.array(intentDeclaration).max(100).default([]),
      services: z.array(serviceDeclaration).max(20).default([]),
    })
    .prefault({}),
  requires: z
    .strictObject({ services: z.array(serviceRequirement).max(20).default([]) })
    .prefault({}),
  permissions: permissions.prefault({}),
  resources: resources.prefault({}),
  /** Words by which a person names this plugin, such as "work calendar". */
  aliases: z.array(z.string().max(60)).max(20).default([]),
});
export type Manifest = z.infer<typeof manifest>;
