// Owns `agent plugin test`: the conformance suite and the plugin's own tests. Refuses to stop at the
// first failure.

import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitise, sanitiseLine, visibleJson } from '../sanitise.ts';
import { checkPlugin } from './checks.ts';
import type { CheckResult } from './checks.ts';
import { readPluginFolder } from './plugin-folder.ts';

const marks = { passed: '✓', failed: '✗', unchecked: '!' } as const;

/** Tests the plugin in a folder; 1 when a check failed. */
export async function pluginTest(
  context: CommandContext,
  [folder]: readonly string[],
  options: OptionValues,
): Promise<number> {
  const plugin = await readPluginFolder(context, folder);
  const isJson = options['json'] === true;
  const controller = new AbortController();
  const stopListening = context.onInterrupt(() => controller.abort());
  try {
    const onResult = (result: CheckResult): void => {
      if (!isJson) context.output.write(line(result));
    };
    const results = await checkPlugin(context, plugin, { signal: controller.signal, onResult });
    if (controller.signal.aborted) return exitCodes.interrupted;
    if (isJson) context.output.write(`${visibleJson(results, 2)}\n`);
    const count = (status: CheckResult['status']): number =>
      results.filter((each) => each.status === status).length;
    const [passed, failed, unchecked] = [count('passed'), count('failed'), count('unchecked')];
    const more = unchecked === 0 ? '' : `, ${unchecked} not checked`;
    if (!isJson) context.output.write(`${passed} passed, ${failed} failed${more}.\n`);
    return failed === 0 ? exitCodes.ok : exitCodes.failed;
  } finally {
    stopListening();
  }
}

function line({ name, status, problem }: CheckResult): string {
  const head = `${marks[status]} ${sanitiseLine(name)}\n`;
  if (problem === undefined) return head;
  return `${head}${sanitise(problem).replaceAll(/^/gm, '    ')}\n`;
}
