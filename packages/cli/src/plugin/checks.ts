// Owns the tests of a plugin in its author's folder: built, held to the conformance suite, then its own
// tests. Refuses to call a check passed that could not be run: it is told with what to install.

import { programConformance } from '@opencomputer/testkit';
import type { CommandContext } from '../command-context.ts';
import { languageOf, missingOf } from './languages.ts';
import type { Language } from './languages.ts';
import type { PluginFolder } from './plugin-folder.ts';
import { runToEnd } from './program-run.ts';
import { readSamples } from './samples.ts';

/** How one check ended. */
export interface CheckResult {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'unchecked';
  /** Why it failed, or what is missing for it. */
  readonly problem?: string;
}

/** Runs the checks one after the other, telling each when it has ended. Never throws for a failure. */
export async function checkPlugin(
  context: Pick<CommandContext, 'environment'>,
  plugin: PluginFolder,
  options: { readonly signal: AbortSignal; onResult(result: CheckResult): void },
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const tell = (result: CheckResult): void => {
    results.push(result);
    options.onResult(result);
  };
  const { variables } = context.environment;
  const language = languageOf(plugin.directory);
  const missing = language === undefined ? [] : missingOf(language, variables['PATH'] ?? '');
  for (const { program, install } of missing) {
    tell({ name: 'build and tests', status: 'unchecked', problem: `no ${program}: ${install}` });
  }
  if (missing.length > 0) return results;
  const run = { directory: plugin.directory, variables, signal: options.signal };
  const built = language === undefined ? undefined : await buildPlugin(plugin, language, run);
  if (built !== undefined) tell({ name: 'build', ...built });
  if (built?.status === 'failed') return results;
  for (const result of await conformance(context, plugin)) {
    if (options.signal.aborted) return results;
    tell(await result());
  }
  if (language !== undefined && !options.signal.aborted) {
    const ended = await runToEnd(language.test, run);
    const name = `its own tests (${shown(language.test)})`;
    tell({ name, ...verdict(ended) });
  }
  return results;
}

type Verdict = Pick<CheckResult, 'status' | 'problem'>;

/** Makes the program; undefined for a language that needs no making. */
export async function buildPlugin(
  { manifest }: PluginFolder,
  language: Language,
  run: Parameters<typeof runToEnd>[1],
): Promise<Verdict | undefined> {
  const steps = language.build(manifest.name);
  for (const step of steps) {
    const ended = await runToEnd(step, run);
    if (ended.code !== 0) return verdict(ended);
  }
  return steps.length === 0 ? undefined : { status: 'passed' };
}

function verdict({ code, output }: { code: number | null; output: string }): Verdict {
  return code === 0 ? { status: 'passed' } : { status: 'failed', problem: output.trim() };
}

/** The cases of the suite, each to be run when its turn comes. */
async function conformance(
  { environment }: Pick<CommandContext, 'environment'>,
  plugin: PluginFolder,
): Promise<readonly (() => Promise<CheckResult>)[]> {
  const { launchAuthored } = await import('@opencomputer/agent/authoring');
  const { manifest, directory } = plugin;
  const { variables } = environment;
  const cases = programConformance({
    manifest,
    directory,
    samples: await readSamples(plugin),
    start: (scratch) => {
      const places = { node: process.execPath, scratch, variables };
      return launchAuthored({ manifest, directory }, places);
    },
  });
  if (cases.length === 0) {
    const problem = `runtime ${manifest.runtime} is no program of this machine`;
    return [async () => ({ name: 'conformance', status: 'unchecked', problem })];
  }
  return cases.map(({ name, run }) => async () => {
    try {
      await run();
      return { name, status: 'passed' };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { name, status: 'failed', problem };
    }
  });
}

function shown(words: readonly string[]): string {
  return words.map((word) => (word === process.execPath ? 'node' : word)).join(' ');
}
