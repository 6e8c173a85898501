// Owns `agent doctor`: each condition of a working installation as one line with its remedy. Refuses
// to repair or to write: it looks, and says what to do.

import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { createProgress } from '../progress.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { styleFor } from '../style.ts';
import type { Style } from '../style.ts';
import { checkAgent } from './doctor-agent.ts';
import {
  checkConfiguration,
  checkDirectory,
  checkRuntime,
  checkSandbox,
} from './doctor-machine.ts';
import type { Finding } from './finding.ts';

/** Runs all checks; the exit code is 1 when one failed. */
export async function doctor(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  if (options['repair'] === true)
    return (await import('./doctor-repair.ts')).repair(context, options);
  const { environment, clock, error } = context;
  const { isError, isDumb, columns } = environment.terminal;
  const isVisible = isError && !isDumb;
  const progress = createProgress({ output: error, clock, columns, isVisible });
  const style = styleFor(environment.terminal.isColoured);
  const findings: Finding[] = [];
  const tell = (found: readonly Finding[]): void => {
    progress.pause();
    findings.push(...found);
    if (options['json'] !== true) for (const each of found) context.output.write(line(each, style));
  };
  progress.wait('checking');
  tell(checkRuntime(environment));
  tell(checkConfiguration(environment));
  tell(checkDirectory(environment));
  tell(checkSandbox(environment));
  tell(await checkAgent(context, options, (label) => progress.wait(label)));
  progress.end();
  if (options['json'] === true) context.output.write(`${visibleJson(findings, 2)}\n`);
  return findings.some(({ state }) => state === 'fail') ? exitCodes.failed : exitCodes.ok;
}

function line({ state, text, remedy }: Finding, style: Style): string {
  const colour = { ok: style.good, warn: style.warn, fail: style.bad }[state];
  const more = remedy === undefined ? '' : ` → ${remedy}`;
  return `${colour(state.padEnd(4))}  ${sanitiseLine(text + more)}\n`;
}
