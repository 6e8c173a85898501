// Owns one look at a plugin's folder: every rule of every concern, each finding with its line. Refuses
// to run any code of the plugin.

import { readdirSync } from 'node:fs';
import { isAgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../../command-context.ts';
import { findPluginFolder, readPluginFolder } from '../plugin-folder.ts';
import type { PluginFolder } from '../plugin-folder.ts';
import { about } from './about.ts';
import { entry } from './entry.ts';
import { intents } from './intents.ts';
import { permissions } from './permissions.ts';
import type { Concern } from './rule.ts';
import { rules } from './rules.ts';
import type { RuleId } from './rules.ts';
import { schemas } from './schemas.ts';
import { tools } from './tools.ts';

/** A finding as it is shown. */
export interface ShownFinding {
  readonly rule: RuleId;
  readonly level: 'error' | 'warning';
  /** File and line. */
  readonly place: string;
  readonly problem: string;
  readonly fix: string;
}

const concerns: readonly Concern[] = [about, entry, tools, schemas, intents, permissions];

/** Looks at the plugin in a folder. Throws PLUGIN_UNKNOWN when there is none. */
export async function lintPlugin(
  context: Pick<CommandContext, 'environment'>,
  named: string | undefined,
): Promise<readonly ShownFinding[]> {
  findPluginFolder(context.environment.workingFolder, named);
  let plugin: PluginFolder;
  try {
    plugin = await readPluginFolder(context, named);
  } catch (error) {
    if (!isAgentError(error, 'PLUGIN_MANIFEST')) throw error;
    const { file, problem } = error.details;
    return [shown('manifest-valid', String(file), String(problem))];
  }
  const { directory, manifest, document } = plugin;
  const subject = { directory, manifest, files: readdirSync(directory) };
  const found = concerns.flatMap((concern) => concern(subject));
  return [
    ...plugin.warnings.map((warning) => {
      const [, place = document.file, problem = warning] = /^(.*:\d+): (.*)$/.exec(warning) ?? [];
      return shown('manifest-key', place, problem);
    }),
    ...found.map(({ rule, path, problem }) =>
      shown(rule, `${document.file}:${document.lineOf(path)}`, problem),
    ),
  ];
}

function shown(rule: RuleId, place: string, problem: string): ShownFinding {
  const { level, fix } = rules[rule];
  return { rule, level, place, problem, fix };
}
