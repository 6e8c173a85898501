// Owns `agent plugin lint`: what breaks a rule, with its place and its repair. Refuses to run the plugin.

import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { counted } from '../wording.ts';
import { lintPlugin, rules } from './lint/index.ts';

/** Looks at the plugin in a folder; 1 when it breaks a rule that is more than advice. */
export async function pluginLint(
  context: CommandContext,
  [folder]: readonly string[],
  options: OptionValues,
): Promise<number> {
  const findings = await lintPlugin(context, folder);
  const errors = findings.filter(({ level }) => level === 'error').length;
  const { output } = context;
  if (options['json'] === true) {
    const described = findings.map((finding) => ({ ...finding, why: rules[finding.rule].why }));
    output.write(`${visibleJson(described, 2)}\n`);
    return errors === 0 ? exitCodes.ok : exitCodes.failed;
  }
  for (const { rule, level, place, problem, fix } of findings) {
    output.write(`${level === 'error' ? '✗' : '!'} ${sanitiseLine(`${place}: ${problem}`)}\n`);
    output.write(`  ${rule}: ${rules[rule].why} ${fix}\n`);
  }
  const warnings = findings.length - errors;
  const total = Object.keys(rules).length;
  output.write(`${counted(total, 'rule')}: ${counted(errors, 'error')}, `);
  output.write(`${counted(warnings, 'warning')}.\n`);
  return errors === 0 ? exitCodes.ok : exitCodes.failed;
}
