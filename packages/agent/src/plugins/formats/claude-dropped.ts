// Owns what is said of the parts of a Claude Code plugin that are of no use here. Refuses to leave
// one out without saying so.

import { AgentError } from '@opencomputer/contracts';
import * as z from 'zod';
import { isObject } from '../json-object.ts';
import { checkDocument } from '../located-document.ts';
import { monitorEntry } from './claude-definition.ts';
import type { ClaudeDefinition } from './claude-definition.ts';
import { reportHooks, reportUnreadable } from './claude-hooks.ts';
import type { ImportReport } from './imported-plugin.ts';
import { pathWithin } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';

/** Folders and files by their usual places, and why nothing becomes of them. */
const usualPlaces: readonly (readonly [path: string, reason: string])[] = [
  ['.lsp.json', 'language servers are of use in an editor only'],
  ['themes', 'themes are for another terminal'],
  ['output-styles', "the style of answers is the person's choice"],
  ['workflows', 'workflows there are programs; ours are declared'],
  ['bin', 'its programs are not put on the path of a shell; its servers can still start them'],
  ['settings.json', 'a plugin does not change settings'],
  ['CLAUDE.md', 'not part of a plugin'],
];

/** Keys of the manifest, and why nothing becomes of them. */
const droppedKeys: readonly (readonly [keyof ClaudeDefinition, reason: string])[] = [
  ['lspServers', 'language servers are of use in an editor only'],
  ['themes', 'themes are for another terminal'],
  ['outputStyles', "the style of answers is the person's choice"],
  ['workflows', 'workflows there are programs; ours are declared'],
  ['settings', 'a plugin does not change settings'],
  ['channels', "messages that a server sends by itself are not taken as a person's"],
  ['engines', 'it is the range of versions of another program'],
];

/** Reports all such parts. Throws PLUGIN_MANIFEST for paths that lead out. */
export async function reportDropped(
  definition: ClaudeDefinition,
  folder: PluginFolder,
  report: ImportReport,
): Promise<void> {
  await reportAllHooks(definition, folder, report);
  await reportMonitors(definition, folder, report);
  for (const [path, reason] of usualPlaces) {
    if ((await folder.kindOf(path)) !== undefined) report.dropped(path, reason);
  }
  for (const [key, reason] of droppedKeys) {
    if (definition[key] !== undefined) report.dropped(`plugin.json: ${key}`, reason);
  }
  if (definition.experimental?.themes !== undefined) {
    report.dropped('plugin.json: experimental.themes', 'themes are for another terminal');
  }
  for (const dependency of definition.dependencies ?? []) {
    const name = typeof dependency === 'string' ? dependency : dependency.name;
    const range = typeof dependency === 'string' ? '' : ` ${dependency.version ?? ''}`;
    const reason = `plugins are not added by plugins: add ${name}${range} by itself`;
    report.dropped(`dependency ${name}`, reason.trimEnd());
    report.warn(`it is made to be used with the plugin ${name}${range.trimEnd()}`);
  }
  if (definition.defaultEnabled === false) {
    report.dropped('plugin.json: defaultEnabled', 'the person decides whether it is switched on');
  }
}

async function reportAllHooks(
  { hooks }: ClaudeDefinition,
  folder: PluginFolder,
  report: ImportReport,
): Promise<void> {
  const files = new Set(['hooks/hooks.json']);
  for (const part of Array.isArray(hooks) ? hooks : [hooks]) {
    if (typeof part === 'string') files.add(within(part, 'hooks'));
    else if (part !== undefined) reportHooks(part, 'plugin.json: hooks', report);
  }
  for (const file of files) {
    try {
      const document = await folder.json(file);
      if (document !== undefined) reportHooks(document.value, file, report);
      else if (file !== 'hooks/hooks.json') report.dropped(file, 'there is no such file');
    } catch (error) {
      reportUnreadable(error, file, report);
    }
  }
}

async function reportMonitors(
  definition: ClaudeDefinition,
  folder: PluginFolder,
  report: ImportReport,
): Promise<void> {
  const written = definition.experimental?.monitors ?? definition.monitors ?? [];
  const files = new Set(['monitors/monitors.json']);
  const drop = (name: string, part: string): void =>
    report.dropped(`${part}: ${name}`, 'a command that runs all the time is not started');
  for (const part of Array.isArray(written) ? written : [written]) {
    if (typeof part === 'string') files.add(within(part, 'monitors'));
    else drop(part.name, 'plugin.json: monitors');
  }
  for (const file of files) {
    const document = await folder.json(file);
    if (document === undefined) continue;
    const inner = isObject(document.value) ? document.value['monitors'] : undefined;
    const entries = { ...document, value: inner ?? document.value };
    for (const { name } of checkDocument(entries, z.array(monitorEntry), 'monitors')) {
      drop(name, file);
    }
  }
}

function within(path: string, key: string): string {
  const inside = pathWithin(path);
  if (inside !== undefined) return inside;
  const problem = `${key}: "${path}" is not a path within the plugin`;
  throw new AgentError('PLUGIN_MANIFEST', { file: '.claude-plugin/plugin.json', problem });
}
