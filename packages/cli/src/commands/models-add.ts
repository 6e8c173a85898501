// Owns `agent models add`: an entry of `models` in the configuration, and the package that it needs.
// Refuses keys on the command line, where every process sees them, and asks no model anything.

import { closeSync, openSync, readSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AgentError, modelConfiguration } from '@opencomputer/contracts';
import type { ModelConfiguration } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import { changeConfiguration } from '../configuration-file.ts';
import type { ConfigurationChange } from '../configuration-file.ts';
import { loadConfiguration } from '../configuration.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import {
  installCommand,
  installPackage,
  isInstalled,
  packageFolder,
  packageOf,
  runNpm,
} from '../model-package.ts';
import type { ModelPackage, RunNpm } from '../model-package.ts';
import { sanitiseLine } from '../sanitise.ts';
import { agrees, canAsk } from '../yes-question.ts';

/** A command line with the way to npm. */
interface Addition {
  readonly operands: readonly string[];
  readonly options: OptionValues;
  readonly run: RunNpm;
  readonly architecture: NodeJS.Architecture;
}

/** Adds a model: a GGUF file, or a provider and the name of a model. */
export async function modelsAdd(
  context: CommandContext,
  operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return addModel(context, { operands, options, run: runNpm, architecture: process.arch });
}

/** The same with another npm. */
export async function addModel(context: CommandContext, addition: Addition): Promise<number> {
  const { environment, output } = context;
  const { options, operands, architecture } = addition;
  const entry = entryOf(context, operands, options);
  const source = { file: environment.configurationFile, home: environment.homeFolder };
  const { models } = loadConfiguration(source).configuration;
  const wanted = packageOf(entry.provider, { platform: environment.platform, architecture });
  if (wanted !== undefined && !(await isReady(context, addition, wanted))) return exitCodes.denied;
  const { change, place } = changeOf(models, entry, options['first'] === true);
  changeConfiguration(source, [change]);
  const role = place === 0 ? 'answers first' : `is fallback number ${place}`;
  output.write(`Saved in ${source.file}: ${entry.model} (${entry.provider}) ${role}.\n`);
  const { keyVariable } = entry;
  if (keyVariable !== undefined && !environment.variables[keyVariable]) {
    output.write(`${keyVariable} is not set here; it has to be when the agent starts.\n`);
  }
  await noteRunning(context);
  return exitCodes.ok;
}

/** A daemon reads its configuration when it starts. */
export async function noteRunning({ agent, output }: CommandContext): Promise<void> {
  const running = await agent.running();
  if (running === undefined) return;
  await running.stop();
  output.write('The agent that runs now takes it from its next start on.\n');
}

/** Where an entry goes: over the one it renews, first, or last. */
function changeOf(
  models: readonly ModelConfiguration[],
  entry: ModelConfiguration,
  isFirst: boolean,
): { readonly change: ConfigurationChange; readonly place: number } {
  const { provider, model, url } = entry;
  const isSame = (each: ModelConfiguration): boolean =>
    each.provider === provider && each.model === model && each.url === url;
  const known = models.find(isSame);
  const value = { ...known, ...entry };
  if (isFirst) {
    const others = models.filter((each) => each !== known);
    return { change: { path: ['models'], value: [value, ...others] }, place: 0 };
  }
  const place = known === undefined ? models.length : models.indexOf(known);
  return { change: { path: ['models', place], value }, place };
}

/** The entry that was typed. Throws OPTION_INVALID. */
function entryOf(
  context: CommandContext,
  [first = '', second]: readonly string[],
  { url, keyVariable }: OptionValues,
): ModelConfiguration {
  if (second === undefined) {
    if (!/\.gguf$/i.test(first)) throw wrong(first, 'is no GGUF file, and no model is named');
    if (url !== undefined) throw wrong('--url', 'a file has no other address');
    if (keyVariable !== undefined) throw wrong('--key-variable', 'a file needs no key');
  }
  const typed =
    second === undefined
      ? fileEntry(context, first)
      : {
          provider: first,
          model: second,
          ...(url === undefined ? {} : { url }),
          ...(keyVariable === undefined ? {} : { keyVariable }),
        };
  const { data, error } = modelConfiguration.safeParse(typed);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const names: Readonly<Record<string, string>> = {
    provider: first,
    url: '--url',
    keyVariable: '--key-variable',
  };
  const option = names[String(issue?.path[0])] ?? second ?? first;
  throw wrong(option, `expected ${issue?.message ?? 'another value'}`);
}

function fileEntry({ environment }: CommandContext, typed: string): object {
  const { homeFolder, workingFolder } = environment;
  const home = typed.startsWith('~/') ? join(homeFolder, typed.slice(2)) : typed;
  const file = isAbsolute(home) ? home : join(workingFolder, home);
  checkFile(file);
  const model = basename(file).replace(/\.gguf$/i, '');
  return { provider: 'llama', model, url: pathToFileURL(file).href };
}

/** A file that cannot be one is told now, not when somebody waits for an answer. */
function checkFile(file: string): void {
  const start = Buffer.alloc(4);
  try {
    const handle = openSync(file, 'r');
    try {
      readSync(handle, start, 0, start.length, 0);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    throw wrong(file, code === 'ENOENT' ? 'there is no such file' : 'it cannot be read', cause);
  }
  if (start.toString('latin1') !== 'GGUF') throw wrong(file, 'it is not a GGUF file');
}

/** Whether the package is there, or has been installed because the person said so. */
async function isReady(
  context: CommandContext,
  { options, run }: Addition,
  wanted: ModelPackage,
): Promise<boolean> {
  const folder = packageFolder(context.environment.dataDirectory);
  if (isInstalled(folder, wanted)) return true;
  const command = installCommand(folder, wanted);
  if (options['yes'] !== true) {
    if (!canAsk(context)) {
      const remedy = `${wanted.name} is not installed: pass --yes, or run \`${command}\` first.`;
      throw new AgentError('TERMINAL_MISSING', { remedy });
    }
    if (!(await agrees(context, `${wanted.name} is not installed. Run\n  ${command}\nnow?`))) {
      context.error.write('Nothing was changed.\n');
      return false;
    }
  }
  await installPackage(folder, wanted, run);
  return true;
}

function wrong(option: string, problem: string, cause?: unknown): AgentError {
  const details = { option: sanitiseLine(option), problem };
  const remedy = 'See `agent models add --help`.';
  return new AgentError('OPTION_INVALID', { ...details, remedy }, { cause });
}
