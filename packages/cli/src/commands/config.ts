// Owns `agent config`: every value with where it comes from, and changing one. Refuses to show a key
// of a model server.

import { AgentError } from '@opencomputer/contracts';
import { stringify } from 'yaml';
import type { CommandContext } from '../command-context.ts';
import { changeConfiguration, parseTyped } from '../configuration-file.ts';
import { isKnownPath, nearestPath, parsePath } from '../configuration-keys.ts';
import type { KeyPath } from '../configuration-keys.ts';
import { loadConfiguration } from '../configuration.ts';
import type { ConfigurationSource, LoadedConfiguration } from '../configuration.ts';
import type { OptionValues } from '../definitions.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { table } from '../table.ts';

const HIDDEN = '(hidden)';

/** Shows the merged configuration with the origin of each value. */
export async function configShow(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const loaded = loadConfiguration(sourceOf(context));
  for (const warning of loaded.warnings) {
    context.error.write(`agent: ${sanitiseLine(warning)} (ignored)\n`);
  }
  const entries = leaves(loaded.configuration, []).map(({ path, value }) => ({
    key: path.join('.'),
    value: isSecret(path) ? HIDDEN : value,
    origin: originOf(loaded, path),
  }));
  if (options['json'] === true) context.output.write(`${visibleJson(entries, 2)}\n`);
  else {
    const rows = entries.map(({ key, value, origin }) => [key, shown(value), origin]);
    context.output.write(
      table(rows, { columns: Math.max(80, context.environment.terminal.columns) }),
    );
  }
  return 0;
}

/** Prints one value. */
export async function configGet(
  context: CommandContext,
  [key = '']: readonly string[],
): Promise<number> {
  const path = knownPath(key);
  const { configuration } = loadConfiguration(sourceOf(context));
  let value: unknown = configuration;
  for (const part of path) value = childOf(value, part);
  if (value !== undefined) context.output.write(`${shown(hideSecrets(value, path))}\n`);
  return 0;
}

/** Changes one value; the file stays as it was when the value is wrong. */
export async function configSet(
  context: CommandContext,
  [key = '', value = '']: readonly string[],
): Promise<number> {
  changeConfiguration(sourceOf(context), [{ path: knownPath(key), value: parseTyped(value) }]);
  return 0;
}

/** Removes one value, so that its default holds. */
export async function configUnset(
  context: CommandContext,
  [key = '']: readonly string[],
): Promise<number> {
  changeConfiguration(sourceOf(context), [{ path: knownPath(key), value: undefined }]);
  return 0;
}

/** Prints where the file is, whether it exists or not. */
export async function configPath(context: CommandContext): Promise<number> {
  context.output.write(`${context.environment.configurationFile}\n`);
  return 0;
}

function sourceOf({ environment }: CommandContext): ConfigurationSource {
  return { file: environment.configurationFile, home: environment.homeFolder };
}

function knownPath(key: string): KeyPath {
  const path = parsePath(key);
  if (isKnownPath(path)) return path;
  const meant = nearestPath(path);
  const problem = meant === undefined ? 'not known' : `not known; did you mean ${meant}`;
  throw new AgentError('OPTION_INVALID', {
    option: key,
    problem,
    remedy: 'Run `agent config` for the list.',
  });
}

/** Every value with its path; an empty list is a value, an empty section is not. */
function leaves(value: unknown, path: KeyPath): { path: KeyPath; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...(value as unknown[]).entries()]
    : Object.entries(value);
  if (entries.length === 0 && Array.isArray(value)) return [{ path, value }];
  return entries.flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function originOf(loaded: LoadedConfiguration, path: KeyPath): string {
  const line = loaded.lineOf(path);
  return line === undefined ? 'default' : `${loaded.file}:${line}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return sanitiseLine(value);
  return sanitiseLine(stringify(value, { collectionStyle: 'flow', lineWidth: 0 }));
}

/** A key of a model server, and whatever is handed to a plugin's program. */
function isSecret(path: KeyPath): boolean {
  const isModelKey = path[0] === 'models' && path[2] === 'key';
  return isModelKey || (path[0] === 'plugins' && path[2] === 'environment' && path.length > 3);
}

function hideSecrets(value: unknown, path: KeyPath): unknown {
  if (isSecret(path)) return HIDDEN;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return (value as unknown[]).map((inner, index) => hideSecrets(inner, [...path, index]));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, hideSecrets(inner, [...path, key])]),
  );
}

function childOf(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string | number, unknown>>)[key];
}
