// Owns the form of `.claude-plugin/plugin.json`, which a marketplace entry shares. Refuses wrong
// types; a key that it does not know is a warning.

import * as z from 'zod';
import type { JsonObject } from '@opencomputer/contracts';
import { isObject } from '../json-object.ts';
import { checkDocument } from '../located-document.ts';
import type { LocatedDocument } from '../located-document.ts';
import type { ImportReport } from './imported-plugin.ts';
import { strictOptions } from './user-options.ts';
import type { WrittenOptions } from './user-options.ts';

/** One path or several. */
type WrittenPaths = string | string[];
/** A file, or what would be in it. */
type WrittenParts = string | JsonObject | (string | JsonObject)[];

/** A command that the manifest names. */
export interface CommandEntry {
  readonly source?: string | undefined;
  readonly content?: string | undefined;
  readonly description?: string | undefined;
  readonly argumentHint?: string | undefined;
  readonly model?: string | undefined;
  readonly allowedTools?: string[] | undefined;
}

/** A command that would run all the time. */
export interface MonitorEntry {
  readonly name: string;
}

type WrittenMonitors = string | (string | MonitorEntry)[];

/** All known keys; `name` is there except in a plugin without this file. */
export interface ClaudeDefinition {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: string | { name: string; email?: string | undefined } | undefined;
  readonly homepage?: string | undefined;
  readonly repository?: string | { url: string } | undefined;
  readonly license?: string | undefined;
  readonly defaultEnabled?: boolean | undefined;
  readonly skills?: WrittenPaths | undefined;
  readonly commands?: WrittenPaths | Record<string, CommandEntry> | undefined;
  readonly agents?: WrittenPaths | undefined;
  readonly workflows?: WrittenPaths | undefined;
  readonly outputStyles?: WrittenPaths | undefined;
  readonly hooks?: WrittenParts | undefined;
  readonly mcpServers?: WrittenParts | undefined;
  readonly lspServers?: unknown;
  readonly themes?: unknown;
  readonly monitors?: WrittenMonitors | undefined;
  readonly experimental?: { themes?: unknown; monitors?: WrittenMonitors | undefined } | undefined;
  readonly settings?: unknown;
  readonly userConfig?: WrittenOptions | undefined;
  readonly channels?: unknown;
  readonly dependencies?: (string | { name: string; version?: string | undefined })[] | undefined;
  readonly engines?: unknown;
}

const paths = z.union([z.string(), z.array(z.string())]);
const jsonObject = z.custom<JsonObject>(isObject, 'an object');
const parts = z.union([z.string(), jsonObject, z.array(z.union([z.string(), jsonObject]))]);

const commandEntry = z.object({
  source: z.string().optional(),
  content: z.string().optional(),
  description: z.string().optional(),
  argumentHint: z.string().optional(),
  model: z.string().optional(),
  allowedTools: z.array(z.string()).optional(),
});

const lspServer = z.strictObject({
  command: z.string(),
  extensionToLanguage: z.record(z.string(), z.string()),
  args: z.array(z.string()).optional(),
  transport: z.enum(['stdio', 'socket']).optional(),
  env: z.record(z.string(), z.string()).optional(),
  initializationOptions: z.unknown().optional(),
  settings: z.unknown().optional(),
  workspaceFolder: z.string().optional(),
  startupTimeout: z.number().optional(),
  shutdownTimeout: z.number().optional(),
  restartOnCrash: z.boolean().optional(),
  maxRestarts: z.number().optional(),
  diagnostics: z.unknown().optional(),
});

const lspServers = z.record(z.string(), lspServer);

const channel = z.strictObject({
  server: z.string(),
  displayName: z.string().optional(),
  userConfig: strictOptions.optional(),
});

const dependency = z.union([
  z.string(),
  z.object({
    name: z.string(),
    version: z.string().optional(),
    marketplace: z.string().optional(),
  }),
]);

export const monitorEntry: z.ZodType<MonitorEntry> = z.strictObject({
  name: z.string(),
  command: z.string(),
  description: z.string(),
  when: z
    .string()
    .regex(/^(?:always|on-skill-invoke:.+)$/, 'always or on-skill-invoke:<skill>')
    .optional(),
});

const monitors = z.union([z.string(), z.array(z.union([z.string(), monitorEntry]))]);

/** Who made it: an object, or the plain name that older files have. */
const writtenAuthor = z.union([
  z.string(),
  z.object({ name: z.string(), email: z.string().optional(), url: z.string().optional() }),
]);

const definitionForm = z.object({
  $schema: z.string().optional(),
  name: z.string().min(1).optional(),
  displayName: z.string().optional(),
  version: z.string().optional(),
  description: z.string().optional(),
  author: writtenAuthor.optional(),
  homepage: z.string().optional(),
  repository: z.union([z.string(), z.object({ url: z.string() })]).optional(),
  license: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  metadata: z.unknown().optional(),
  defaultEnabled: z.boolean().optional(),
  skills: paths.optional(),
  commands: z.union([paths, z.record(z.string(), commandEntry)]).optional(),
  agents: paths.optional(),
  workflows: paths.optional(),
  outputStyles: paths.optional(),
  hooks: parts.optional(),
  mcpServers: parts.optional(),
  lspServers: z
    .union([z.string(), lspServers, z.array(z.union([z.string(), lspServers]))])
    .optional(),
  themes: z.unknown().optional(),
  monitors: monitors.optional(),
  experimental: z
    .object({ themes: z.unknown().optional(), monitors: monitors.optional() })
    .optional(),
  settings: jsonObject.optional(),
  userConfig: strictOptions.optional(),
  channels: z.array(channel).optional(),
  dependencies: z.array(dependency).optional(),
  engines: z.record(z.string(), z.string()).optional(),
});

/** Validates what a file or an entry says; unknown keys are left out. */
export const claudeDefinition: z.ZodType<ClaudeDefinition> = definitionForm;

/** All known keys. */
export const definitionKeys: ReadonlySet<string> = new Set(Object.keys(definitionForm.shape));

/** Keys that say what a plugin consists of, not who it is. */
export const componentKeys = [
  'skills',
  'commands',
  'agents',
  'workflows',
  'outputStyles',
  'hooks',
  'mcpServers',
  'lspServers',
  'themes',
  'monitors',
  'experimental',
  'channels',
] as const;

/** Validates `plugin.json`. Throws PLUGIN_MANIFEST with file and line. */
export function checkDefinition(document: LocatedDocument, report: ImportReport): ClaudeDefinition {
  const definition = checkDocument(document, claudeDefinition, 'the plugin');
  if (definition.name === undefined) throw document.refusal([], 'name: it is missing');
  for (const key of Object.keys(isObject(document.value) ? document.value : {})) {
    if (definitionKeys.has(key)) continue;
    report.warn(`${document.file}:${document.lineOf([key])}: unknown key "${key}" is ignored`);
  }
  for (const key of ['themes', 'monitors'] as const) {
    if (definition[key] === undefined) continue;
    report.warn(`${document.file}:${document.lineOf([key])}: ${key} belongs under experimental`);
  }
  return definition;
}
