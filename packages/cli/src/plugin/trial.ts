// Owns the plugin that `agent plugin run` keeps running: built, opened, and opened anew after a change.
// Refuses to give up for a broken edit: the problem is told, and the next change is tried.

import { watch } from 'node:fs';
import { AgentError } from '@opencomputer/contracts';
import type { PluginEvent, Workbench } from '@opencomputer/agent/authoring';
import type { CommandContext } from '../command-context.ts';
import { shownError } from '../failure.ts';
import { buildPlugin } from './checks.ts';
import { languageOf, missingOf } from './languages.ts';
import { readPluginFolder } from './plugin-folder.ts';
import type { PluginFolder } from './plugin-folder.ts';

/** Editors write a file in several steps. */
const SETTLE_MS = 200;
const UNWATCHED = /(?:^|[/\\])(?:\.git|target|node_modules|__pycache__)(?:[/\\]|$)|~$|\.sw[a-z]$/;

/** A plugin and the bench that it lies on. */
export interface OpenTrial {
  readonly plugin: PluginFolder;
  readonly bench: Workbench;
}

/** What a trial tells its owner. */
export interface TrialListener {
  onEvent(event: PluginEvent): void;
  /** After a change: it runs again, or why not. */
  onReload(problem: string | undefined): void;
}

/** A plugin on trial, from its folder. */
export class Trial {
  readonly #context: CommandContext;
  readonly #directory: string;
  readonly #listener: TrialListener;
  readonly #controller = new AbortController();
  /** Calls and reloads wait for each other. */
  #queue: Promise<unknown> = Promise.resolve();
  #open: OpenTrial | undefined;
  #cancelSettle: (() => void) | undefined;

  constructor(context: CommandContext, directory: string, listener: TrialListener) {
    this.#context = context;
    this.#directory = directory;
    this.#listener = listener;
  }

  /** Builds and opens it. Throws PLUGIN_MANIFEST, or PLUGIN_START when it cannot be built. */
  async start(): Promise<void> {
    await this.#exclusive(() => this.#reopen());
    const { signal } = this.#controller;
    const watcher = watch(this.#directory, { recursive: true, signal }, (_event, file) => {
      const name = this.#open?.plugin.manifest.name;
      if (file === null || UNWATCHED.test(file) || file === name) return;
      this.#cancelSettle?.();
      this.#cancelSettle = this.#context.clock.after(SETTLE_MS, () => void this.#reload());
    });
    // Where nothing can be watched, calls still work.
    watcher.on('error', () => undefined);
  }

  /** Runs with the plugin as it is now, after any reload that is under way. */
  use<Result>(run: (open: OpenTrial) => Promise<Result>): Promise<Result | undefined> {
    return this.#exclusive(async () => (this.#open === undefined ? undefined : run(this.#open)));
  }

  async close(): Promise<void> {
    this.#controller.abort();
    this.#cancelSettle?.();
    await this.#exclusive(async () => {
      await this.#open?.bench.close();
      this.#open = undefined;
    });
  }

  async #reload(): Promise<void> {
    try {
      await this.#exclusive(() => this.#reopen());
      this.#listener.onReload(undefined);
    } catch (error) {
      this.#listener.onReload(shownError(error).message);
    }
  }

  async #reopen(): Promise<void> {
    if (this.#controller.signal.aborted) return;
    await this.#open?.bench.close();
    this.#open = undefined;
    const { environment, clock } = this.#context;
    const inside = { environment: { ...environment, workingFolder: this.#directory } };
    const plugin = await readPluginFolder(inside, undefined);
    await build(plugin, environment.variables, this.#controller.signal);
    const { openWorkbench } = await import('@opencomputer/agent/authoring');
    const { directory, manifest } = plugin;
    const bench = await openWorkbench({
      directory,
      manifest,
      node: process.execPath,
      variables: environment.variables,
      timeZone: environment.timeZone,
      folders: [],
      clock,
      onEvent: (event) => this.#listener.onEvent(event),
    });
    this.#open = { plugin, bench };
  }

  #exclusive<Result>(run: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(run);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

/** Throws PLUGIN_START with what the compiler says, or what is missing. */
async function build(
  plugin: PluginFolder,
  variables: CommandContext['environment']['variables'],
  signal: AbortSignal,
): Promise<void> {
  const language = languageOf(plugin.directory);
  if (language === undefined) return;
  const refusal = (problem: string): Error =>
    new AgentError('PLUGIN_START', { plugin: plugin.manifest.name, problem });
  const [missing] = missingOf(language, variables['PATH'] ?? '');
  if (missing !== undefined) throw refusal(`no ${missing.program}: ${missing.install}`);
  const directory = plugin.directory;
  const built = await buildPlugin(plugin, language, { directory, variables, signal });
  if (built?.status === 'failed') throw refusal(`it cannot be built:\n${built.problem ?? ''}`);
}
