// Owns `agent plugin new`: a plugin that passes its checks before it is shown. Refuses to leave half a
// folder: everything is made beside the place, and moved there whole.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { chmodSync, rmdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { AgentError } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitise } from '../sanitise.ts';
import { checkPlugin } from './checks.ts';
import type { CheckResult } from './checks.ts';
import { languageNamed, languages } from './languages.ts';
import type { Language } from './languages.ts';
import { lintPlugin } from './lint/index.ts';
import { readPluginFolder } from './plugin-folder.ts';
import { isLegalName, legalName, writeScaffold } from './scaffold.ts';

/** Makes a new plugin in a folder of its name. */
export async function pluginNew(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  const name = legal(options['name']);
  const language = chosen(options['language']);
  const { workingFolder } = context.environment;
  const given = options['directory'];
  const parent = resolve(workingFolder, typeof given === 'string' ? given : '.');
  const target = join(parent, name);
  refuseOccupied(target);
  mkdirSync(parent, { recursive: true });
  const draft = mkdtempSync(join(parent, `.${name}-`));
  const controller = new AbortController();
  const stopListening = context.onInterrupt(() => controller.abort());
  try {
    const files = writeScaffold(draft, { name, language });
    const problems = await check(context, draft, controller.signal);
    if (controller.signal.aborted) return exitCodes.interrupted;
    if (problems.failed > 0) return exitCodes.failed;
    rmSync(join(draft, 'target'), { recursive: true, force: true });
    chmodSync(draft, 0o755);
    if (existsSync(target)) rmdirSync(target);
    renameSync(draft, target);
    tell(context, { target, files, unchecked: problems.unchecked, language });
    return exitCodes.ok;
  } finally {
    stopListening();
    rmSync(draft, { recursive: true, force: true });
  }
}

function legal(name: OptionValues[string]): string {
  if (typeof name === 'string' && isLegalName(name)) return name;
  if (typeof name !== 'string') {
    throw new AgentError('OPTION_INVALID', { option: '--name', problem: 'a plugin needs a name' });
  }
  const rule = 'lower-case letters, digits and single -, at most 40';
  const problem = `"${name}" is no name of a plugin (${rule}); the nearest is ${legalName(name)}`;
  throw new AgentError('OPTION_INVALID', { option: '--name', problem });
}

function chosen(name: OptionValues[string]): Language {
  if (typeof name !== 'string') return languages[0];
  const language = languageNamed(name);
  if (language !== undefined) return language;
  const known = languages.map((each) => each.name).join(', ');
  const problem = `"${name}" is none of ${known}`;
  throw new AgentError('OPTION_INVALID', { option: '--language', problem });
}

function refuseOccupied(target: string): void {
  if (!existsSync(target)) return;
  const isFolder = statSync(target).isDirectory();
  if (isFolder && readdirSync(target).length === 0) return;
  const problem = isFolder ? `the folder ${target} is not empty` : `${target} is a file`;
  throw new AgentError('OPTION_INVALID', { option: '--name', problem });
}

/** Lints and tests what was written, and tells what did not pass. */
async function check(
  context: CommandContext,
  draft: string,
  signal: AbortSignal,
): Promise<{ readonly failed: number; readonly unchecked: readonly CheckResult[] }> {
  const inside = { environment: { ...context.environment, workingFolder: draft } };
  const plugin = await readPluginFolder(inside, undefined);
  const results = await checkPlugin(inside, plugin, { signal, onResult: () => undefined });
  const unchecked = results.filter(({ status }) => status === 'unchecked');
  const failed = results.filter(({ status }) => status === 'failed');
  // A program that could not be built is not there; that is told as what could not be checked.
  const findings = (await lintPlugin(inside, undefined)).filter(
    ({ rule }) => unchecked.length === 0 || rule !== 'entry-exists',
  );
  if (signal.aborted) return { failed: 0, unchecked };
  for (const { rule, problem } of findings) context.error.write(`✗ lint ${rule}: ${problem}\n`);
  for (const { name, problem = '' } of failed) {
    context.error.write(`✗ ${name}\n${sanitise(problem)}\n`);
  }
  return { failed: findings.length + failed.length, unchecked };
}

function tell(
  { output, environment }: CommandContext,
  made: {
    readonly target: string;
    readonly files: readonly string[];
    readonly unchecked: readonly CheckResult[];
    readonly language: Language;
  },
): void {
  const place = relative(environment.workingFolder, made.target) || made.target;
  const shown = place.startsWith('..') ? made.target : place;
  output.write(`Made ${shown} (${made.language.name}): ${made.files.join(', ')}.\n`);
  for (const { name, problem } of made.unchecked) {
    output.write(`Not checked: ${name} (${problem}).\n`);
  }
  if (made.unchecked.length === 0) output.write('It was linted and tested; everything passes.\n');
  output.write(`Next: cd ${shown}, change the handler, then \`agent plugin run\`.\n`);
  output.write('Its tests: `agent plugin test`.\n');
}
