// Owns `agent plugin run`: tools called by hand, with what policy would say, the time and the log.
// Refuses to ask: whoever types a call here has decided, and what policy says is shown.

import { createInterface } from 'node:readline';
import type { PolicyDecision } from '@opencomputer/contracts';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitise, sanitiseLine, visibleJson } from '../sanitise.ts';
import { styleFor } from '../style.ts';
import { table } from '../table.ts';
import { readCallLine } from './call-line.ts';
import type { CallLine } from './call-line.ts';
import { findPluginFolder } from './plugin-folder.ts';
import { Trial } from './trial.ts';
import type { OpenTrial } from './trial.ts';

const PROMPT = '> ';

/** Runs the plugin in a folder for its author. From a pipe: 1 when a call was wrong or not done. */
export async function pluginRun(
  context: CommandContext,
  [folder]: readonly string[],
  _options: OptionValues,
): Promise<number> {
  const directory = findPluginFolder(context.environment.workingFolder, folder);
  const session = new Session(context, directory);
  return session.run();
}

class Session {
  readonly #context: CommandContext;
  readonly #trial: Trial;
  readonly #isTyped: boolean;
  #call: AbortController | undefined;
  #shownLog = '';
  #wrong = 0;

  constructor(context: CommandContext, directory: string) {
    this.#context = context;
    this.#isTyped = context.environment.terminal.isInput;
    this.#trial = new Trial(context, directory, {
      onEvent: (event) => {
        if (event.name === 'plugin-start') this.#shownLog = '';
        if (event.problem !== undefined) this.#say(`! ${event.name}: ${sanitise(event.problem)}`);
      },
      onReload: (problem) => {
        this.#say(problem === undefined ? 'Changed; it runs anew.' : `! ${sanitise(problem)}`);
        this.#prompt();
      },
    });
  }

  async run(): Promise<number> {
    const { input, onInterrupt } = this.#context;
    const lines = createInterface({ input, terminal: false });
    // Taken at once: lines of a pipe that nobody listens for are lost.
    const typed = lines[Symbol.asyncIterator]();
    let isInterrupted = false;
    const stopListening = onInterrupt(() => {
      if (this.#call !== undefined) this.#call.abort();
      else {
        isInterrupted = true;
        lines.close();
      }
    });
    try {
      await this.#trial.start();
      await this.#trial.use(async (open) => this.#greet(open));
      this.#prompt();
      for await (const line of typed) {
        await this.#take(line);
        if (isInterrupted) break;
        this.#prompt();
      }
    } finally {
      stopListening();
      lines.close();
      await this.#trial.close();
    }
    if (this.#isTyped) this.#context.output.write('\n');
    if (isInterrupted) return exitCodes.interrupted;
    return this.#isTyped || this.#wrong === 0 ? exitCodes.ok : exitCodes.failed;
  }

  async #take(line: string): Promise<void> {
    const found = await this.#trial.use(async (open) => {
      const read = readCallLine(line, open.plugin.manifest.provides.tools);
      if (read.type === 'call') await this.#run(open, read);
      else if (read.type === 'tools') this.#greet(open);
      else if (read.type === 'log') this.#say(sanitise(open.bench.log).trimEnd());
      else if (read.type === 'wrong') this.#complain(read.problem);
      return true;
    });
    if (found === undefined) this.#complain('It does not run: correct it first.');
  }

  async #run({ plugin, bench }: OpenTrial, call: CallLine & { type: 'call' }): Promise<void> {
    const { tool, input } = call;
    const decision = await decided(plugin.manifest.name, call);
    this.#say(`policy: ${decision.decision} (${decision.rule}): ${sanitiseLine(decision.reason)}`);
    const problem = await bench.check(tool, input);
    if (problem !== undefined) {
      this.#complain(`The arguments are wrong: ${sanitiseLine(problem)}.`);
      return;
    }
    const controller = new AbortController();
    this.#call = controller;
    const { outcome, elapsedMs } = await bench.call(tool, input, controller.signal);
    this.#call = undefined;
    this.#showLog(bench.log);
    const { good, bad } = styleFor(this.#context.environment.terminal.isColoured);
    const style = outcome.status === 'done' ? good : bad;
    if (outcome.status !== 'done' && outcome.status !== 'refused') this.#wrong += 1;
    this.#say(`${style(outcome.status)} in ${elapsedMs.toFixed(1)} ms: ${sanitise(outcome.text)}`);
    if (outcome.status !== 'done') return;
    if (outcome.data !== undefined) this.#say(`data: ${visibleJson(outcome.data)}`);
    if (outcome.timers !== undefined) this.#say(`timers: ${visibleJson(outcome.timers)}`);
  }

  /** What was written to the log since it was last shown. */
  #showLog(log: string): void {
    const fresh = log.startsWith(this.#shownLog) ? log.slice(this.#shownLog.length) : log;
    this.#shownLog = log;
    const { dim } = styleFor(this.#context.environment.terminal.isColoured);
    for (const line of sanitise(fresh).split('\n')) if (line !== '') this.#say(dim(`log: ${line}`));
  }

  #greet({ plugin }: OpenTrial): void {
    const { name, version, provides } = plugin.manifest;
    this.#say(`${name} ${version}. A tool with its arguments calls it; Ctrl-D ends.`);
    const rows = provides.tools.map((tool) => {
      const effect = `${tool.effect}, ${tool.reach}`;
      return [tool.name, effect, tool.description];
    });
    const { columns } = this.#context.environment.terminal;
    if (rows.length > 0) this.#context.output.write(table(rows, { columns }));
  }

  #complain(problem: string): void {
    this.#wrong += 1;
    this.#say(problem);
  }

  #say(text: string): void {
    this.#context.output.write(`${text}\n`);
  }

  #prompt(): void {
    if (this.#isTyped) this.#context.output.write(PROMPT);
  }
}

/** What policy says of the call when a model makes it: as a plugin of a third party, someone present. */
async function decided(
  plugin: string,
  { tool, input }: CallLine & { type: 'call' },
): Promise<PolicyDecision> {
  const { decide } = await import('@opencomputer/agent/policy');
  return decide({
    call: { callId: 'trial', tool: tool.name, arguments: input },
    plugin,
    tier: 'third-party',
    effect: tool.effect,
    reach: tool.reach,
    origins: Object.fromEntries(Object.keys(input).map((name) => [name, 'model'])),
    interactive: true,
    grants: [],
  });
}
