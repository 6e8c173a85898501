// Owns what is shown of installed plugins: the list, one in full, and whether their code is as it was.
// Refuses to start any.

import { AgentError } from '@opencomputer/contracts';
import type { InstalledSummary } from '@opencomputer/contracts/internal';
import type { CommandContext } from '../command-context.ts';
import type { OptionValues } from '../definitions.ts';
import { exitCodes } from '../failure.ts';
import { sanitiseLine, visibleJson } from '../sanitise.ts';
import { table } from '../table.ts';
import { counted, timeText } from '../wording.ts';
import { withAgent } from '../with-agent.ts';
import { cleaned, sourceText } from './plan-view.ts';

/** Lists what was installed, with its state. */
export async function pluginList(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    const list = await service.query('plugin-list', {});
    const { output, environment } = context;
    if (options['json'] === true) output.write(`${visibleJson(list, 2)}\n`);
    else if (list.length === 0) output.write('No plugin was installed. See `agent plugin add`.\n');
    else {
      const rows = list.map((plugin) => [
        plugin.name,
        plugin.version,
        plugin.origin,
        stateOf(plugin),
        sourceText(plugin.source),
      ]);
      output.write(table(rows, { columns: environment.terminal.columns }));
    }
    return exitCodes.ok;
  });
}

/** Shows one plugin in full. Throws PLUGIN_UNKNOWN. */
export async function pluginInfo(
  context: CommandContext,
  [name = '']: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service, timeZone }) => {
    const list = await service.query('plugin-list', {});
    const plugin = list.find((each) => each.name === name);
    if (plugin === undefined) throw new AgentError('PLUGIN_UNKNOWN', { plugin: name });
    const { output, environment, clock } = context;
    if (options['json'] === true) {
      output.write(`${visibleJson(plugin, 2)}\n`);
      return exitCodes.ok;
    }
    const { locale } = environment;
    const time = (at: number): string => timeText(at, { now: clock.now(), timeZone, locale });
    output.write(`${cleaned(infoLines(plugin, time)).join('\n')}\n`);
    return exitCodes.ok;
  });
}

/** Hashes the code of all plugins; 1 when one of them is not what was installed. */
export async function pluginVerify(
  context: CommandContext,
  _operands: readonly string[],
  options: OptionValues,
): Promise<number> {
  return withAgent(context, options, async ({ service }) => {
    const found = await service.query('plugin-verify', {});
    const isWhole = found.every(({ altered }) => altered.length === 0);
    const { output } = context;
    if (options['json'] === true) output.write(`${visibleJson(found, 2)}\n`);
    else if (found.length === 0) output.write('No plugin was installed.\n');
    for (const { plugin, altered } of options['json'] === true ? [] : found) {
      const digests = altered.map((digest) => digest.slice(0, 12)).join(', ');
      const state = altered.length === 0 ? 'as it was installed' : `ALTERED (${digests})`;
      output.write(`${sanitiseLine(`${plugin}: ${state}`)}\n`);
    }
    return isWhole ? exitCodes.ok : exitCodes.failed;
  });
}

function stateOf({ enabled, pinned, canary, withdrawn }: InstalledSummary): string {
  if (withdrawn !== undefined) return 'withdrawn';
  const states = [
    ...(enabled ? [] : ['off']),
    ...(pinned ? ['pinned'] : []),
    ...(canary ? [`trial of ${canary.version}`] : []),
  ];
  return states.length === 0 ? 'on' : states.join(', ');
}

function infoLines(plugin: InstalledSummary, time: (at: number) => string): readonly string[] {
  const { name, version, origin, reference, source, digest, consent } = plugin;
  const { previous, canary, rights, secrets, withdrawn } = plugin;
  return [
    `${name} ${version} (${stateOf(plugin)})`,
    `From ${sourceText(source)} (${origin}), as ${reference}`,
    `Code ${digest}`,
    ...(withdrawn === undefined ? [] : [`Withdrawn: ${withdrawn}`]),
    ...(canary
      ? [`On trial: ${canary.version}, ${counted(canary.counts.canary.calls, 'call')}`]
      : []),
    rights.length === 0
      ? 'It may touch nothing but its own storage.'
      : `Allowed ${time(consent.at)}:`,
    ...rights.map((right) => `  ${right}`),
    ...(secrets.length === 0 ? [] : ['Secrets:']),
    ...secrets.map((secret) => `  ${secret.name}: ${secretState(secret)}`),
    ...(previous.length === 0 ? [] : ['Earlier versions:']),
    ...previous.map((past) => `  ${past.version}, until ${time(past.replacedAt)}: ${past.reason}`),
  ];
}

/** Whether a secret is there, in words. */
export function secretState({ isSet, required }: InstalledSummary['secrets'][number]): string {
  if (isSet) return 'set';
  return required ? 'missing' : 'not set, and not needed';
}
